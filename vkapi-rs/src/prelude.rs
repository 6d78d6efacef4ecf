//! What most bots use.

pub use crate::{
    bot::Bot,
    dispatching::{
        CursorStore, Dispatcher, ErrorContext, ErrorHandler, Failure, HandlerExt, LoggingErrorHandler,
        ShutdownToken, Ticket, UpdateFilterExt, UpdateHandler, dialogue::Dialogue,
    },
    dptree::{self, case, deps},
    errors::{ApiError, ErrorCode, ErrorKind, RequestError},
    keyboard::{Button, Color, Keyboard},
    layers::Limits,
    methods::EventAnswer,
    requests::Request,
    transport::Lane,
    types::{
        Cmid, GroupId, Message, MessageAllow, MessageDeny, MessageEvent, MessageNew, PeerId, Update,
        UpdateKind, UserId,
    },
    utils::{
        command::{BotCommands, CommandError},
        payload::ButtonPayload,
    },
};
