//! `groups.*`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Done, GroupsSetCallbackSettings, method, setters};
use crate::{
    bot::Bot,
    errors::RequestError,
    requests::{Method, Request, read_answer},
    transport::Answer,
    types::{Group, GroupId},
};

impl Bot {
    /// Communities by their numbers or short names, up to 500; with a community's token and none, its own.
    /// <https://dev.vk.com/ru/method/groups.getById>
    pub fn groups_get_by_id(&self) -> Request<GroupsGetById> {
        self.request(GroupsGetById { group_ids: None, fields: None })
    }

    /// Sets the community's events up; what is not set stays. Wants the right to manage.
    /// <https://dev.vk.com/ru/method/groups.setLongPollSettings>
    pub fn groups_set_long_poll_settings(
        &self,
        group_id: impl Into<GroupId>,
    ) -> Request<GroupsSetLongPollSettings> {
        self.request(GroupsSetLongPollSettings {
            group_id: group_id.into(),
            enabled: None,
            api_version: None,
            events: BTreeMap::new(),
        })
    }
}

/// `groups.getById`.
#[derive(Clone, Debug, Serialize)]
pub struct GroupsGetById {
    group_ids: Option<Vec<String>>,
    fields: Option<Vec<String>>,
}

impl Request<GroupsGetById> {
    /// Which: numbers or short names, up to 500.
    pub fn ids(mut self, ids: impl IntoIterator<Item = impl ToString>) -> Self {
        self.payload.group_ids = Some(ids.into_iter().map(|id| id.to_string()).collect());
        self
    }

    /// What to tell beyond number and name.
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.payload.fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }
}

impl Method for GroupsGetById {
    type Output = Vec<Group>;
    const NAME: &'static str = "groups.getById";
    const IDEMPOTENT: bool = true;

    fn read(answer: &Answer) -> Result<Vec<Group>, RequestError> {
        #[derive(Deserialize)]
        struct Groups {
            groups: Vec<Group>,
        }
        // Before 5.139 the list came bare.
        if answer.response.get().trim_start().starts_with('[') {
            read_answer(Self::NAME, answer)
        } else {
            read_answer::<Groups>(Self::NAME, answer).map(|answer| answer.groups)
        }
    }
}

/// `groups.setLongPollSettings`.
#[derive(Clone, Debug, Serialize)]
pub struct GroupsSetLongPollSettings {
    group_id: GroupId,
    enabled: Option<bool>,
    api_version: Option<String>,
    #[serde(flatten)]
    events: BTreeMap<String, bool>,
}
method!(GroupsSetLongPollSettings: "groups.setLongPollSettings" -> Done, IDEMPOTENT: bool = true);
setters!(GroupsSetLongPollSettings {
    /// Whether events are kept at all.
    enabled: bool,
    /// The version of their shapes.
    api_version: String,
});

impl Request<GroupsSetCallbackSettings> {
    /// Whether a server is told of events of a kind, by VK's name of it.
    pub fn event(mut self, kind: &'static str, on: bool) -> Self {
        self.payload.0 = self.payload.0.flag(kind, on);
        self
    }
}

impl Request<GroupsSetLongPollSettings> {
    /// Whether events of a kind are kept.
    pub fn event(mut self, kind: impl Into<String>, on: bool) -> Self {
        self.payload.events.insert(kind.into(), on);
        self
    }
}
