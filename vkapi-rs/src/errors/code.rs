//! VK's error codes and what to do about them.

use std::fmt;

/// The number of an error; numbers VK adds later are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorCode(pub i32);

/// What an error means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A hiccup of VK's: the same call may do in a moment.
    RetrySoon,
    /// A limit or a suspicion: the same call will not do for minutes or hours.
    RetryLater,
    /// This addressee cannot be reached; others can.
    Recipient,
    /// The call itself is wrong.
    Request,
    /// The token, its rights or the community's settings are wrong: tell an administrator.
    Setup,
    /// What was asked for is gone, closed or was never there.
    NotThere,
    /// A code this crate knows nothing of.
    Unknown,
}

macro_rules! codes {
    ($($name:ident = $code:literal $text:literal,)*) => {
        impl ErrorCode {
            $(
                #[doc = concat!("VK's words: \"", $text, "\".")]
                pub const $name: Self = Self($code);
            )*

            /// VK's own words for the code, if it is a known one.
            pub const fn text(self) -> Option<&'static str> {
                match self.0 {
                    $( $code => Some($text), )*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    UNKNOWN = 1 "Unknown error occurred",
    APP_DISABLED = 2 "Application is disabled. Enable your application or use test mode",
    UNKNOWN_METHOD = 3 "Unknown method passed",
    BAD_SIGNATURE = 4 "Incorrect signature",
    AUTH_FAILED = 5 "User authorization failed",
    TOO_MANY_REQUESTS = 6 "Too many requests per second",
    PERMISSION_DENIED = 7 "Permission to perform this action is denied",
    INVALID_REQUEST = 8 "Invalid request",
    FLOOD_CONTROL = 9 "Flood control",
    INTERNAL = 10 "Internal server error",
    TEST_MODE = 11 "In test mode application should be disabled or user should be authorized",
    EXECUTE_COMPILE = 12 "Unable to compile code",
    EXECUTE_RUNTIME = 13 "Runtime error occurred during code invocation",
    CAPTCHA = 14 "Captcha needed",
    ACCESS_DENIED = 15 "Access denied",
    HTTPS_REQUIRED = 16 "HTTP authorization failed",
    VALIDATION_REQUIRED = 17 "Validation required",
    USER_DELETED = 18 "User was deleted or banned",
    CONTENT_BLOCKED = 19 "Content blocked",
    NOT_STANDALONE = 20 "Permission to perform this action is denied for non-standalone applications",
    ONLY_STANDALONE = 21 "Permission to perform this action is allowed only for standalone and OpenAPI applications",
    UPLOAD = 22 "Upload error",
    METHOD_DISABLED = 23 "This method was disabled",
    CONFIRMATION_REQUIRED = 24 "Confirmation required",
    TOKEN_CONFIRMATION_REQUIRED = 25 "Token confirmation required",
    GROUP_AUTH_FAILED = 27 "Group authorization failed",
    APP_AUTH_FAILED = 28 "Application authorization failed",
    RATE_LIMIT = 29 "Rate limit reached",
    PRIVATE_PROFILE = 30 "This profile is private",
    NEED_WAIT = 32 "Need wait",
    NOT_IMPLEMENTED = 33 "Not implemented yet",
    CLIENT_DEPRECATED = 34 "Client version deprecated",
    CLIENT_UPDATE_NEEDED = 35 "Client update needed",
    TIMED_OUT = 36 "Method execution was interrupted due to timeout",
    USER_BANNED = 37 "User was banned",
    UNKNOWN_APP = 38 "Unknown application",
    UNKNOWN_USER = 39 "Unknown user",
    UNKNOWN_GROUP = 40 "Unknown group",
    SIGNUP_REQUIRED = 41 "Additional signup required",
    IP_NOT_ALLOWED = 42 "IP is not allowed",
    SECTION_UNAVAILABLE = 43 "This section is temporary unavailable",
    PARAM = 100 "One of the parameters specified was missing or invalid",
    PARAM_API_ID = 101 "Invalid application API ID",
    OUT_OF_LIMITS = 103 "Out of limits",
    NOT_FOUND = 104 "Not found",
    SAVE_FILE = 105 "Couldn't save file",
    UNABLE_TO_PROCESS = 106 "Unable to process action",
    PARAM_USER_ID = 113 "Invalid user id",
    PARAM_ALBUM_ID = 114 "Invalid album id",
    PARAM_SERVER = 118 "Invalid server",
    PARAM_TITLE = 119 "Invalid title",
    PARAM_HASH = 121 "Invalid hash",
    PARAM_PHOTOS = 122 "Invalid photos",
    PARAM_GROUP_ID = 125 "Invalid group id",
    PARAM_PHOTO = 129 "Invalid photo",
    PAGE_NOT_FOUND = 140 "Page not found",
    PAGE_ACCESS = 141 "Access to page denied",
    MOBILE_UNKNOWN = 146 "The mobile number of the user is unknown",
    INSUFFICIENT_FUNDS = 147 "Application has insufficient funds",
    PARAM_TIMESTAMP = 150 "Invalid timestamp",
    COMMENT_ACCESS = 183 "Access to comment denied",
    ALBUM_ACCESS = 200 "Access denied",
    GROUP_ACCESS = 203 "Access to group denied",
    VIDEO_ACCESS = 204 "Access denied",
    MARKET_ACCESS = 205 "Access denied",
    WALL_POST_ACCESS = 210 "Access to wall's post denied",
    WALL_COMMENT_ACCESS = 211 "Access to wall's comment denied",
    WALL_COMMENTS_ACCESS = 212 "Access to post comments denied",
    WALL_STATUS_REPLIES = 213 "Access to status replies denied",
    WALL_ADD_POST = 214 "Access to adding post denied",
    WALL_AD_RECENT = 219 "Advertisement post was recently added",
    WALL_TOO_MANY_RECIPIENTS = 220 "Too many recipients",
    WALL_LINKS_FORBIDDEN = 222 "Hyperlinks are forbidden",
    WALL_TOO_MANY_ADS = 224 "Too many ads posts",
    POLL_ACCESS = 250 "Access to poll denied",
    POLL_ID = 251 "Invalid poll id",
    GROUPS_LIST_ACCESS = 260 "Access to the groups list is denied due to the user's privacy settings",
    ALBUM_FULL = 300 "This album is full",
    TOO_MANY_ACTIONS_TODAY = 601 "Permission denied. You have requested too many actions this day. Try later.",
    ADS = 603 "Some ads error occurs",
    EDIT_CREATOR_ROLE = 700 "Cannot edit creator role",
    USER_NOT_IN_CLUB = 701 "User should be in club",
    TOO_MANY_OFFICERS = 702 "Too many officers in club",
    NEED_2FA = 703 "You need to enable 2FA for this action",
    APP_NOT_INSTALLED = 711 "Application is not installed in community",
    VIDEO_COMMENTS_CLOSED = 801 "Comments for this video are closed",
    USER_BLACKLIST = 900 "Can't send messages for users from blacklist",
    NO_PERMISSION_FROM_USER = 901 "Can't send messages for users without permission",
    USER_PRIVACY = 902 "Can't send messages to this user due to their privacy settings",
    TS_TOO_OLD = 907 "Value of ts or pts is too old",
    TS_TOO_NEW = 908 "Value of ts or pts is too new",
    EDIT_TOO_OLD = 909 "Can't edit this message, because it's too old",
    MESSAGE_TOO_BIG = 910 "Can't sent this message, because it's too big",
    KEYBOARD_INVALID = 911 "Keyboard format is invalid",
    BOT_FEATURES_OFF = 912 "This is a chat bot feature, change this status in settings",
    TOO_MANY_FORWARDS = 913 "Too many forwarded messages",
    MESSAGE_TOO_LONG = 914 "Message is too long",
    CHAT_ACCESS = 917 "You don't have access to this chat",
    INVITE_LINK_ACCESS = 919 "You can't see invite link for this chat",
    EDIT_KIND = 920 "Can't edit this kind of message",
    CANNOT_FORWARD = 921 "Can't forward these messages",
    LEFT_CHAT = 922 "You left this chat",
    DELETE_FOR_ALL = 924 "Can't delete this message for everybody",
    NOT_CHAT_ADMIN = 925 "You are not admin of this chat",
    NO_CHAT = 927 "Chat does not exist",
    INVITE_LINK_CHANGE = 931 "You can't change invite link for this chat",
    PEER_FORBIDDEN = 932 "Your community can't interact with this peer",
    USER_NOT_IN_CHAT = 935 "User not found in chat",
    CONTACT_NOT_FOUND = 936 "Contact not found",
    MESSAGE_REQUEST_SENT = 939 "Message request already sent",
    TOO_MANY_POSTS = 940 "Too many posts in messages",
    PIN_STORY = 942 "Cannot pin one-time story",
    INTENT = 943 "Cannot use this intent",
    INTENT_LIMIT = 944 "Limits overflow for this intent",
    CHAT_DISABLED = 945 "Chat was disabled",
    CHAT_UNSUPPORTED = 946 "Chat not supported",
    ADD_USER_NO_ACCESS = 947 "Can't add user to chat, because user has no access to group",
    EDIT_PINNED = 949 "Can't edit pinned message yet",
    REPLY_TIMED_OUT = 950 "Can't send message, reply timed out",
    DONUT_CHAT = 962 "You can't access donut chat without subscription",
    MESSAGE_CANNOT_BE_FORWARDED = 969 "Message cannot be forwarded",
    PIN_EXPIRING = 970 "Cannot pin an expiring message",
    APP_ACTION_RESTRICTED = 979 "App action is restricted for conversations with communities",
    CHAT_WRITE_RESTRICTED = 983 "You are restricted to write to a chat",
    SPAM_RESTRICTION = 984 "You has spam restriction",
    NOTIFICATIONS_ONLY = 985 "Cannot write to notifications only groups",
    NEED_EDU_ROLE = 986 "Need edu role",
    NEED_MESSAGE_REQUEST = 987 "Need message request",
    PENDING_MESSAGE_REQUEST = 988 "Pending message request",
    DROP_DEVICE_CACHE = 990 "Drop device cache",
    POSTPONED_UNSUPPORTED = 991 "Postponed messages for this peer not supported",
    POSTPONED_LIMIT = 992 "Postponed messages limit for this peer id reached",
    CHAT_MOVED = 993 "Chat moved to MAX",
    CHAT_FORWARD_DISABLED = 994 "Chat forward disabled",
    DEGRADATION = 995 "Messenger degradation",
    CHAT_BLOCKED_BY_ADMIN = 996 "Chat blocked due to response from another admin",
    REACTION_UNKNOWN = 1009 "Unknown reaction passed",
    REACTION_DISABLED = 1010 "This reaction has been disabled",
    REACTION_LIMIT = 1011 "Reactions limit for this message has been reached",
    CHAT_WRITING_DISABLED = 1012 "Writing is disabled for this chat",
    EDU_ACCOUNT = 1016 "Invalid account type - should not be edu",
    CHAT_DELETED = 1017 "Chat was deleted",
    NO_CONVERSATION = 1021 "Can't send messages for users without conversation",
    TOO_MANY_AUTH_ATTEMPTS = 1105 "Too many auth attempts, try again later",
    ANONYMOUS_TOKEN_EXPIRED = 1114 "Anonymous token has expired",
    ANONYMOUS_TOKEN_INVALID = 1116 "Anonymous token is invalid",
    TOKEN_EXPIRED = 1117 "Access token has expired",
    ANONYMOUS_TOKEN_IP = 1118 "Anonymous token ip mismatch",
    PARAM_DOC_ID = 1150 "Invalid document id",
    DOC_ACCESS = 1153 "Access to document is denied",
    STORY_EXPIRED = 1600 "Story has already expired",
    TOO_MANY_SERVERS = 2000 "Servers number limit is reached",
    STICKERS_NOT_PURCHASED = 2100 "Stickers are not purchased",
    RECAPTCHA = 3300 "Recaptcha needed",
    TOKEN_EXTENSION_REQUIRED = 3609 "Token extension required",
    USER_DEACTIVATED = 3610 "User is deactivated",
    HTTP_METHOD = 9999 "Not supported http method",
}

impl ErrorCode {
    /// What the code means when `method` answers with it.
    pub fn kind(self, method: &str) -> ErrorKind {
        let messages = method.starts_with("messages.");
        match self.0 {
            1 | 6 | 10 | 32 | 36 | 43 | 995 => ErrorKind::RetrySoon,
            9 | 14 | 29 | 601 | 603 | 944 => ErrorKind::RetryLater,
            // The person is the addressee here, and the content elsewhere.
            18 if messages => ErrorKind::Recipient,
            7 if method == "messages.send" => ErrorKind::Recipient,
            900..=902
            | 917
            | 922
            | 925
            | 927
            | 932
            | 935
            | 936
            | 945
            | 946
            | 950
            | 962
            | 983
            | 985..=988
            | 993
            | 996
            | 1012
            | 1016
            | 1017
            | 1021 => ErrorKind::Recipient,
            3
            | 8
            | 100
            | 113
            | 114
            | 118
            | 121
            | 125
            | 129
            | 909..=911
            | 913
            | 914
            | 920
            | 921
            | 924
            | 940
            | 943
            | 969
            | 991
            | 992
            | 994
            | 9999 => ErrorKind::Request,
            // 984 is VK holding the whole community for spam: nothing but a person can mend it.
            2 | 5 | 7 | 15 | 16 | 20 | 21 | 23 | 27 | 28 | 912 | 984 | 1114..=1118 | 3609 => ErrorKind::Setup,
            18 | 19 | 30 | 104 | 203 | 210 | 212 => ErrorKind::NotThere,
            _ => ErrorKind::Unknown,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i32> for ErrorCode {
    fn from(code: i32) -> Self {
        Self(code)
    }
}
