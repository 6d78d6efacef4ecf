//! From events to handlers: side by side for different people, in order for each.

mod around;
mod builder;
mod cursor;
pub mod dialogue;
mod dispatcher;
mod error_handler;
mod filters;
mod handler_ext;
mod ledger;
mod presses;
mod queue;
mod repl;
mod runner;
mod seen;
mod shutdown;
mod wanted;

pub use around::{Next, Outcome, around};
pub use builder::DispatcherBuilder;
pub use cursor::{BoxError, CursorStore};
pub use dispatcher::{DispatchError, Dispatcher};
pub use error_handler::{ErrorContext, ErrorHandler, Failure, LoggingErrorHandler};
pub use filters::UpdateFilterExt;
#[cfg(feature = "regex")]
pub use handler_ext::Captured;
pub use handler_ext::HandlerExt;
pub use ledger::Ticket;
pub use repl::repl;
pub use runner::Behind;
pub use shutdown::ShutdownToken;
pub use wanted::Wanted;

/// A handler of events, or a tree of them.
///
/// Handlers may ask for the [`Bot`](crate::Bot), the [`Arc<Update>`](crate::types::Update), the [`Ticket`], what waits
/// [`Behind`], what filters give, and what [`DispatcherBuilder::dependencies`] holds.
pub type UpdateHandler<E> = crate::dptree::Handler<'static, Result<(), E>>;
