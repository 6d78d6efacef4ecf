//! [dptree](https://docs.rs/dptree), out of which handlers are made, with a root that is safe to build upon.

pub use ::dptree::*;

use crate::dispatching::Wanted;

/// A handler, or a tree of them, that tells which events it wants.
pub type Handler<'a, Output, Descr = Wanted> = ::dptree::Handler<'a, Output, Descr>;

/// The root of a tree: passes everything on.
///
/// dptree's own `entry` takes over the signature of its first branch, so that a later branch or endpoint may be
/// refused as dead code, or its missing arguments go unnoticed until it runs. This one does neither.
pub fn entry<Output: Send + 'static>() -> Handler<'static, Output> {
    inspect_with_description(Wanted::entry(), || ())
}
