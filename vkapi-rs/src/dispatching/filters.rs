//! Filters by kind of event.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    dptree::{Handler, filter_map},
    types::{
        AppPayload, Audio, Comment, CommentDelete, DonutEnd, DonutPrice, DonutSubscription, DonutWithdraw,
        DonutWithdrawError, GroupChangePhoto, GroupChangeSettings, GroupJoin, GroupLeave, GroupOfficersEdit,
        LeadForm, Like, Message, MessageAllow, MessageDeny, MessageEvent, MessageNew, MessageReaction,
        MessageRead, MessageTypingState, Photo, PollVote, Update, UpdateKind, UserBlock, UserUnblock, Video,
        VkpayTransaction, WallPost, update::update_kinds,
    },
};

macro_rules! filters {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $name:literal, $filter:ident; )*) => {
        /// `Update::filter_…`: passes one kind of event on and gives the next handlers its object in an `Arc`.
        pub trait UpdateFilterExt {
            $(
                #[doc = concat!("Passes `", $name, "` on.")]
                fn $filter<Output: Send + 'static>() -> Handler<'static, Output>;
            )*
        }

        impl UpdateFilterExt for Update {
            $(
                fn $filter<Output: Send + 'static>() -> Handler<'static, Output> {
                    filter_map(|update: Arc<Update>| -> Option<Arc<$type>> {
                        if let UpdateKind::$variant(object) = &update.kind { Some(Arc::clone(object)) } else { None }
                    })
                }
            )*
        }
    };
}

update_kinds!(filters);
