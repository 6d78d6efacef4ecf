//! The methods, and who may call which.

mod answers;
mod callbacks;
mod change;
mod groups;
mod read;
mod send;
mod users;
mod wall;

pub use send::check_message;
use serde_json::{Value, json};

use crate::{
    error::ApiError,
    execute,
    params::Params,
    state::State,
    token::{Rights, Token},
    uploads,
    vk_json::Version,
};

/// One call being carried out.
pub(crate) struct Ctx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) params: &'a Params,
    pub(crate) token: Token,
    pub(crate) version: Version,
    /// Milliseconds since 1970 by the clock.
    pub(crate) now: i64,
    /// What went wrong inside `execute`, for the answer's `execute_errors`.
    pub(crate) execute_errors: Vec<Value>,
}

pub(crate) type Answer = Result<Value, ApiError>;

/// Who may call a method.
#[derive(Clone, Copy)]
enum Access {
    /// Community tokens with this right.
    Community(Rights),
    /// Community tokens with this right, and service tokens.
    Any(Rights),
    /// Service tokens.
    Service,
    /// Only a user's own token, and this VK has no users' tokens.
    User,
}

type Run = fn(&mut Ctx<'_>) -> Answer;

fn find(method: &str) -> Option<(Access, Run)> {
    use Access::{Any, Community, Service, User};
    let messages = Community(Rights::MESSAGES);
    let manage = Community(Rights::MANAGE);
    let found: (Access, Run) = match method {
        "messages.send" => (messages, send::send),
        "messages.edit" => (messages, change::edit),
        "messages.delete" => (messages, change::delete),
        "messages.sendMessageEventAnswer" => (messages, answers::send_message_event_answer),
        "messages.markAsRead" => (messages, answers::mark_as_read),
        "messages.setActivity" => (messages, answers::set_activity),
        "messages.sendReaction" => (messages, answers::send_reaction),
        "messages.deleteReaction" => (messages, answers::delete_reaction),
        "messages.isMessagesFromGroupAllowed" => (messages, answers::is_messages_from_group_allowed),
        "messages.getConversations" => (messages, read::get_conversations),
        "messages.getConversationsById" => (messages, read::get_conversations_by_id),
        "messages.getHistory" => (messages, read::get_history),
        "messages.getById" => (messages, read::get_by_id),
        "messages.getByConversationMessageId" => (messages, read::get_by_conversation_message_id),
        "groups.getById" => (Any(Rights::NONE), groups::get_by_id),
        "groups.getLongPollServer" => (manage, groups::get_long_poll_server),
        "groups.getLongPollSettings" => (manage, groups::get_long_poll_settings),
        "groups.setLongPollSettings" => (manage, groups::set_long_poll_settings),
        "groups.addCallbackServer" => (manage, callbacks::add),
        "groups.editCallbackServer" => (manage, callbacks::edit),
        "groups.deleteCallbackServer" => (manage, callbacks::delete),
        "groups.getCallbackServers" => (manage, callbacks::list),
        "groups.getCallbackConfirmationCode" => (manage, callbacks::confirmation_code),
        "groups.getCallbackSettings" => (manage, callbacks::settings),
        "groups.setCallbackSettings" => (manage, callbacks::set_settings),
        "groups.setSettings" => (manage, groups::set_settings),
        "groups.getTokenPermissions" => (Community(Rights::NONE), groups::get_token_permissions),
        "groups.isMember" => (Any(Rights::NONE), groups::is_member),
        "groups.getOnlineStatus" => (Community(Rights::NONE), groups::get_online_status),
        "groups.enableOnline" => (manage, groups::enable_online),
        "groups.disableOnline" => (manage, groups::disable_online),
        "users.get" => (Any(Rights::NONE), users::get),
        "utils.resolveScreenName" => (Any(Rights::NONE), users::resolve_screen_name),
        "utils.getServerTime" => (Any(Rights::NONE), |ctx| Ok(json!(ctx.seconds()))),
        "wall.get" => (Service, wall::get),
        "wall.getById" => (Service, wall::get_by_id),
        "wall.getComments" => (Service, wall::get_comments),
        "photos.getMessagesUploadServer" => (Community(Rights::PHOTOS), uploads::photos_upload_server),
        "photos.saveMessagesPhoto" => (Community(Rights::PHOTOS), uploads::save_messages_photo),
        "docs.getMessagesUploadServer" => (Community(Rights::DOCS), uploads::docs_upload_server),
        "docs.save" => (Community(Rights::DOCS), uploads::docs_save),
        "execute" => (Any(Rights::NONE), execute::run),
        "messages.allowMessagesFromGroup"
        | "messages.denyMessagesFromGroup"
        | "stats.get"
        | "video.get"
        | "market.get"
        | "photos.getWallUploadServer"
        | "wall.getComment"
        | "wall.post" => (User, not_here),
        // Known to VK, not carried out by this one.
        "messages.getConversationMembers"
        | "messages.pin"
        | "messages.unpin"
        | "messages.removeChatUser"
        | "messages.getInviteLink"
        | "messages.markAsAnsweredConversation"
        | "groups.getBanned" => (manage, not_here),
        "groups.getAddresses" => (Service, not_here),
        "groups.getMembers" | "utils.getShortLink" | "utils.checkLink" => (Any(Rights::NONE), not_here),
        _ => return None,
    };
    Some(found)
}

fn not_here(_: &mut Ctx<'_>) -> Answer {
    Err(ApiError::with(33, "the sandbox does not carry out this method"))
}

/// Whether the sandbox carries a method out: of those that VK only knows it tells 33, or whose key is wanted.
pub fn serves(method: &str) -> bool {
    find(method).is_some_and(|(_, run)| !std::ptr::fn_addr_eq(run, not_here as Run))
}

/// Whether this VK knows the method at all.
pub(crate) fn is_known(method: &str) -> bool {
    find(method).is_some()
}

impl Ctx<'_> {
    /// Carries out a method, inside `execute` too, as far as the token may and no fault stands in the way.
    pub(crate) fn call(&mut self, method: &str) -> Answer {
        let (access, run) = find(method).ok_or_else(|| ApiError::new(3))?;
        permit(access, self.token)?;
        if let Some(code) = self.state.faults.error_of(method) {
            return Err(ApiError::new(code));
        }
        run(self)
    }

    /// The `group_id` of a method that manages the community; another community is not this token's.
    pub(crate) fn own_group(&self) -> Result<i64, ApiError> {
        let group = self.params.required_int("group_id")?;
        if group != self.state.group.id {
            return Err(ApiError::with(15, "no access to this group"));
        }
        Ok(group)
    }

    /// Whether the community may write to this peer now.
    pub(crate) fn may_write(&self, peer: i64) -> Result<(), ApiError> {
        send::may_write(self.state, peer)
    }

    /// Now in seconds, as VK dates things.
    pub(crate) fn seconds(&self) -> i64 {
        self.now.div_euclid(1000)
    }
}

fn permit(access: Access, token: Token) -> Result<(), ApiError> {
    let no_service = || ApiError::with(28, "method is unavailable with service token.");
    match (access, token) {
        (Access::Community(right) | Access::Any(right), Token::Community(rights)) => {
            if rights.has(right) {
                Ok(())
            } else {
                Err(ApiError::no_scope())
            }
        }
        (Access::Any(_) | Access::Service, Token::Service) => Ok(()),
        (Access::Community(_) | Access::User, Token::Service) => Err(no_service()),
        (Access::Service | Access::User, Token::Community(_)) => {
            Err(ApiError::with(27, "method is unavailable with group auth."))
        }
    }
}
