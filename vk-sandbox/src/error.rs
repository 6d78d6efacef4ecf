//! What VK answers instead of a result, in VK's own numbers and words.

use serde_json::{Value, json};

/// An API error: a code, VK's wording of it and an optional detail after the colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    detail: Option<String>,
}

impl ApiError {
    pub(crate) fn new(code: i64) -> Self {
        Self { code, subcode: None, detail: None }
    }

    pub(crate) fn with(code: i64, detail: impl Into<String>) -> Self {
        Self { code, subcode: None, detail: Some(detail.into()) }
    }

    /// 100, the refusal of a parameter.
    pub(crate) fn param(detail: impl Into<String>) -> Self {
        Self::with(100, detail)
    }

    /// 15 with the subcode VK gives when the token's rights do not cover the method.
    pub(crate) fn no_scope() -> Self {
        Self {
            code: 15,
            subcode: Some(1133),
            detail: Some(
                "no access to call this method. It cannot be called with current scopes.".to_owned(),
            ),
        }
    }

    pub(crate) fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", wording(self.code)),
            None => wording(self.code).to_owned(),
        }
    }

    /// The `error` member of one addressee in the answer of `messages.send` with `peer_ids`.
    pub(crate) fn per_peer(&self) -> Value {
        json!({"code": self.code, "description": self.message()})
    }

    /// The whole answer. `request_params` repeats what was asked, every value as text, without the token.
    pub(crate) fn envelope(&self, method: &str, params: &[(String, String)]) -> Value {
        let mut echoed =
            vec![json!({"key": "method", "value": method}), json!({"key": "oauth", "value": "1"})];
        echoed.extend(params.iter().map(|(key, value)| json!({"key": key, "value": value})));
        let mut error =
            json!({"error_code": self.code, "error_msg": self.message(), "request_params": echoed});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if self.code == 14 {
            error["captcha_sid"] = json!("548747100691");
            error["captcha_img"] = json!("https://api.vk.ru/captcha.php?sid=548747100691&s=1");
            error["captcha_ts"] = json!(1_700_000_000.0);
            error["captcha_attempt"] = json!(1);
            error["redirect_uri"] = json!("https://id.vk.ru/not_robot_captcha?domain=vk.com");
        }
        json!({"error": error})
    }
}

/// `error_msg` as VK's schema words it.
fn wording(code: i64) -> &'static str {
    match code {
        2 => "Application is disabled. Enable your application or use test mode",
        3 => "Unknown method passed",
        4 => "Incorrect signature",
        5 => "User authorization failed",
        6 => "Too many requests per second",
        7 => "Permission to perform this action is denied",
        8 => "Invalid request",
        9 => "Flood control",
        10 => "Internal server error",
        12 => "Unable to compile code",
        13 => "Runtime error occurred during code invocation",
        14 => "Captcha needed",
        15 => "Access denied",
        17 => "Validation required",
        18 => "User was deleted or banned",
        19 => "Content blocked",
        22 => "Upload error",
        23 => "This method was disabled",
        27 => "Group authorization failed",
        28 => "Application authorization failed",
        29 => "Rate limit reached",
        30 => "This profile is private",
        32 => "Need wait",
        33 => "Not implemented yet",
        36 => "Method execution was interrupted due to timeout",
        43 => "This section is temporary unavailable",
        100 => "One of the parameters specified was missing or invalid",
        104 => "Not found",
        105 => "Couldn't save file",
        113 => "Invalid user id",
        114 => "Invalid album id",
        118 => "Invalid server",
        121 => "Invalid hash",
        125 => "Invalid group id",
        129 => "Invalid photo",
        203 => "Access to group denied",
        212 => "Access to post comments denied",
        603 => "Some ads error occurs",
        900 => "Can't send messages for users from blacklist",
        901 => "Can't send messages for users without permission",
        902 => "Can't send messages to this user due to their privacy settings",
        909 => "Can't edit this message, because it's too old",
        911 => "Keyboard format is invalid",
        912 => "This is a chat bot feature, change this status in settings",
        913 => "Too many forwarded messages",
        914 => "Message is too long",
        917 => "You don't have access to this chat",
        920 => "Can't edit this kind of message",
        921 => "Can't forward these messages",
        924 => "Can't delete this message for everybody",
        925 => "You are not admin of this chat",
        927 => "Chat does not exist",
        932 => "Your community can't interact with this peer",
        936 => "Contact not found",
        943 => "Cannot use this intent",
        944 => "Limits overflow for this intent",
        983 => "You are restricted to write to a chat",
        984 => "You has spam restriction",
        995 => "Messenger degradation",
        1009 => "Unknown reaction passed",
        1021 => "Can't send messages for users without conversation",
        2000 => "Servers number limit is already used",
        9999 => "Not supported http method",
        _ => "Unknown error occurred",
    }
}
