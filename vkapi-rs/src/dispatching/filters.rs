//! Filters by kind of event.

use std::sync::Arc;

use crate::{
    dispatching::Wanted,
    dptree::{Handler, filter_map_with_description, filter_with_description},
    types::{Update, UpdateKind, kinds::update_kinds},
};

macro_rules! filters {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $name:literal, $filter:ident; )*) => {
        /// `Update::filter_…`: passes one kind of event on and gives the next handlers its object in an `Arc`.
        pub trait UpdateFilterExt {
            $(
                #[doc = concat!("Passes `", $name, "` on.")]
                fn $filter<Output: Send + 'static>() -> Handler<'static, Output>;
            )*

            /// Passes events of kinds this crate does not know on. They need no object: see [`Update::raw`].
            fn filter_unknown<Output: Send + 'static>() -> Handler<'static, Output>;

            /// Passes events that could not be read on. They need no object: see [`Update::raw`].
            fn filter_malformed<Output: Send + 'static>() -> Handler<'static, Output>;
        }

        impl UpdateFilterExt for Update {
            $(
                fn $filter<Output: Send + 'static>() -> Handler<'static, Output> {
                    let wanted = Wanted::only([$name]);
                    filter_map_with_description(wanted, |update: Arc<Update>| -> Option<Arc<$type>> {
                        if let UpdateKind::$variant(object) = &update.kind { Some(Arc::clone(object)) } else { None }
                    })
                }
            )*

            fn filter_unknown<Output: Send + 'static>() -> Handler<'static, Output> {
                filter_with_description(Wanted::only([]), |update: Arc<Update>| {
                    matches!(update.kind, UpdateKind::Unknown { .. })
                })
            }

            fn filter_malformed<Output: Send + 'static>() -> Handler<'static, Output> {
                filter_with_description(Wanted::only([]), |update: Arc<Update>| {
                    matches!(update.kind, UpdateKind::Malformed { .. })
                })
            }
        }
    };
}

update_kinds!(filters);
