//! What is to be done after a try to send.

use vkapi::{ErrorCode, ErrorKind, RequestError};

/// The first wait after a fault, in milliseconds; doubled at each further one.
const WAIT: i64 = 500;
/// The longest wait after a passing fault, in milliseconds: somebody waits for an answer.
const LONGEST: i64 = 5_000;
/// The wait for somebody to mend what is set up, in milliseconds.
const MENDING: i64 = 60_000;
/// The shortest wait after a limit that lasts (flood control, captcha, quantity), in milliseconds. Tries are counted whatever
/// came of them, so it grows no sooner than the other: a fault or two before do not make a limit of minutes.
const LIMIT: i64 = 5_000;
/// The longest wait after a limit that lasts, in milliseconds.
const LONGEST_LIMIT: i64 = 60_000;
/// The longest wait after flood control, in milliseconds: it is about one person, who waits.
const LONGEST_FLOOD: i64 = 15_000;

/// What is to be done after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// VK has it.
    Taken,
    /// This person cannot be written to, for this code.
    Refused(i32),
    /// VK will never take it, with this error code (0: it was not even sent).
    Wrong(i32),
    /// Again after so many milliseconds.
    Again {
        /// How long to wait.
        wait: i64,
        /// VK may have it already.
        doubt: bool,
    },
}

/// The fate of what was tried so often before.
pub(crate) fn fate<T>(result: &Result<T, RequestError>, attempts: u16) -> Fate {
    let wait = (WAIT << attempts.min(10)).min(LONGEST);
    let limit = |longest| (WAIT << attempts.min(10)).clamp(LIMIT, longest);
    let Err(error) = result else { return Fate::Taken };
    let doubt = may_have_acted(error);
    match error {
        RequestError::Api(api) => match api.kind() {
            ErrorKind::RetrySoon => Fate::Again { wait, doubt },
            ErrorKind::RetryLater if api.code == ErrorCode::FLOOD_CONTROL => {
                Fate::Again { wait: limit(LONGEST_FLOOD), doubt }
            }
            ErrorKind::RetryLater => Fate::Again { wait: limit(LONGEST_LIMIT), doubt },
            // The operator has to mend it; what waits must not be lost meanwhile.
            ErrorKind::Setup => Fate::Again { wait: MENDING, doubt },
            ErrorKind::Recipient => Fate::Refused(api.code.0),
            _ => Fate::Wrong(api.code.0),
        },
        error if error.is_retryable() => Fate::Again { wait, doubt },
        RequestError::Http { .. } | RequestError::Decode { .. } => Fate::Again { wait: MENDING, doubt },
        _ => Fate::Wrong(0),
    }
}

/// VK says why it has not acted, but for its internal errors; a way that broke says nothing.
fn may_have_acted(error: &RequestError) -> bool {
    match error {
        RequestError::Api(api) => [ErrorCode(1), ErrorCode(10), ErrorCode(995)].contains(&api.code),
        RequestError::Invalid(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use vkapi::ApiError;

    use super::*;

    fn of(code: i32, attempts: u16) -> Fate {
        let error = ApiError::new(ErrorCode(code), "", "messages.send");
        fate::<()>(&Err(RequestError::Api(error)), attempts)
    }

    #[test]
    fn every_kind_of_refusal_has_its_fate() {
        assert_eq!(fate(&Ok(()), 3), Fate::Taken);
        for code in [7, 18, 900, 901, 902, 936] {
            assert_eq!(of(code, 0), Fate::Refused(code));
        }
        for code in [100, 911, 914] {
            assert_eq!(of(code, 0), Fate::Wrong(code));
        }
        assert_eq!(of(6, 0), Fate::Again { wait: 500, doubt: false });
        assert_eq!(of(10, 2), Fate::Again { wait: 2_000, doubt: true });
        assert_eq!(of(10, 99), Fate::Again { wait: LONGEST, doubt: true });
        assert_eq!(of(9, 0), Fate::Again { wait: 5_000, doubt: false });
        assert_eq!(of(9, 3), Fate::Again { wait: 5_000, doubt: false });
        assert_eq!(of(9, 5), Fate::Again { wait: LONGEST_FLOOD, doubt: false });
        assert_eq!(of(29, 5), Fate::Again { wait: 16_000, doubt: false });
        assert_eq!(of(29, 10), Fate::Again { wait: LONGEST_LIMIT, doubt: false });
        assert_eq!(of(5, 0), Fate::Again { wait: MENDING, doubt: false });
        assert_eq!(fate::<()>(&Err(RequestError::Timeout), 0), Fate::Again { wait: 500, doubt: true });
        let http = |status| fate::<()>(&Err(RequestError::Http { status }), 0);
        assert_eq!(http(502), Fate::Again { wait: 500, doubt: true });
        assert_eq!(http(403), Fate::Again { wait: MENDING, doubt: true });
        assert_eq!(fate::<()>(&Err(RequestError::Invalid("x".into())), 0), Fate::Wrong(0));
    }
}
