//! Public pages: what `groups.getById`, `utils.resolveScreenName`, `wall.get` and `wall.getComments` know of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::lives::Life;

/// A public page. `Page::default()` is an open page without posts; `id` and `screen_name` must be given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// VK id of the community, positive.
    pub id: i64,
    /// Short address.
    pub screen_name: String,
    /// Name.
    pub name: String,
    /// Topic («Образовательное учреждение»).
    pub activity: String,
    /// Description.
    pub description: String,
    /// Status line.
    pub status: String,
    /// Site.
    pub site: String,
    /// Number of followers.
    pub members_count: i64,
    /// Whether it has the tick.
    pub verified: bool,
    /// Whether only members see the wall: `wall.get` answers 15.
    pub closed: bool,
    /// `deleted` or `banned` for a page that is no more: `wall.get` answers 15.
    pub deactivated: Option<String>,
    /// Whether the wall is switched off: `wall.get` answers 15.
    pub wall_off: bool,
    /// Any other field of `groups.getById`, by VK's name; answered when asked for in `fields`.
    pub extra: Map<String, Value>,
    /// Posts, in any order.
    pub posts: Vec<Post>,
    /// How it lives by the clock, besides what is said here.
    pub life: Option<Life>,
}

/// A post on the wall of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// Number on this wall, positive.
    pub id: i64,
    /// Seconds since 1970.
    pub date: i64,
    /// Text.
    pub text: String,
    /// Author: 0 means the page itself.
    pub from_id: i64,
    /// Likes.
    pub likes: i64,
    /// Reposts.
    pub reposts: i64,
    /// Comments; those in `talk` are counted where this says fewer.
    pub comments: i64,
    /// Comments as `wall.getComments` tells them, in any order.
    pub talk: Vec<Comment>,
    /// Whether `wall.getComments` answers 212.
    pub talk_closed: bool,
    /// Views; VK does not tell them of every post.
    pub views: Option<i64>,
    /// Whether it is the pinned one.
    pub pinned: bool,
    /// Whether it is marked as advertising.
    pub marked_as_ads: bool,
    /// Attachments as VK objects.
    pub attachments: Vec<Value>,
    /// Reposted posts as VK objects.
    pub copy_history: Vec<Value>,
    /// Any other field of a post, by VK's name.
    pub extra: Map<String, Value>,
}

/// A comment under a post of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// Number on this wall, positive.
    pub id: i64,
    /// Author: 0 means the page itself.
    pub from_id: i64,
    /// Seconds since 1970.
    pub date: i64,
    /// Text.
    pub text: String,
    /// The comment in whose thread it is; 0: it stands by itself.
    pub reply_to: i64,
}

impl Page {
    /// The page as it is at a moment, in seconds since 1970.
    pub(crate) fn at(&self, now: i64) -> Self {
        let Some(life) = &self.life else { return self.clone() };
        let mut page = life.seen(self, now);
        page.posts = self.posts.iter().cloned().chain(life.posts(now, self.members_count)).collect();
        page
    }

    /// The same without its posts.
    pub(crate) fn face(&self, now: i64) -> Self {
        self.life
            .as_ref()
            .map_or_else(|| self.clone(), |life| Self { posts: self.posts.clone(), ..life.seen(self, now) })
    }

    /// The page as `groups.getById` answers it with these optional fields.
    pub(crate) fn to_vk(&self, fields: &[&str]) -> Value {
        let picture = "https://vk.ru/images/community_100.png";
        let mut group = json!({
            "id": self.id, "name": self.name, "screen_name": self.screen_name,
            "is_closed": i64::from(self.closed), "type": "page",
            "photo_50": picture, "photo_100": picture, "photo_200": picture,
        });
        if let Some(deactivated) = &self.deactivated {
            group["deactivated"] = json!(deactivated);
        }
        for field in fields {
            let value = match *field {
                "activity" => json!(self.activity),
                "description" => json!(self.description),
                "status" => json!(self.status),
                "site" => json!(self.site),
                "members_count" => json!(self.members_count),
                "verified" => json!(i64::from(self.verified)),
                "wall" => json!(i64::from(!self.wall_off)),
                "fixed_post" => match self.posts.iter().find(|post| post.pinned) {
                    Some(post) => json!(post.id),
                    None => continue,
                },
                other => match self.extra.get(other) {
                    Some(value) => value.clone(),
                    None => continue,
                },
            };
            group[*field] = value;
        }
        group
    }

    /// Posts as `wall.get` orders them: the pinned one, then from the newest.
    pub(crate) fn wall(&self) -> Vec<&Post> {
        let mut posts: Vec<&Post> = self.posts.iter().collect();
        posts.sort_by_key(|post| (!post.pinned, std::cmp::Reverse((post.date, post.id))));
        posts
    }
}

impl Post {
    /// How many comments it has, threads and all.
    pub(crate) fn commented(&self) -> i64 {
        self.comments.max(i64::try_from(self.talk.len()).unwrap_or(i64::MAX))
    }

    /// The post as `wall.get` answers it.
    pub(crate) fn to_vk(&self, page: i64) -> Value {
        let mut post = json!({
            "inner_type": "wall_wallpost", "type": "post", "post_type": "post",
            "id": self.id, "owner_id": -page,
            "from_id": if self.from_id == 0 { -page } else { self.from_id },
            "date": self.date, "text": self.text, "attachments": self.attachments,
            "marked_as_ads": i64::from(self.marked_as_ads),
            "likes": {"can_like": 0, "count": self.likes, "user_likes": 0},
            "reposts": {"count": self.reposts},
            "comments": {"can_post": 0, "count": self.commented()},
            "post_source": {"type": "vk"}, "donut": {"is_donut": false},
        });
        if let Some(views) = self.views {
            post["views"] = json!({"count": views});
        }
        if self.pinned {
            post["is_pinned"] = json!(1);
        }
        if !self.copy_history.is_empty() {
            post["copy_history"] = json!(self.copy_history);
        }
        for (name, value) in &self.extra {
            post[name.as_str()] = value.clone();
        }
        post
    }
}

impl Comment {
    /// The comment as `wall.getComments` answers it, without its thread.
    pub(crate) fn to_vk(&self, page: i64, post: i64) -> Value {
        let mut comment = json!({
            "id": self.id, "from_id": if self.from_id == 0 { -page } else { self.from_id },
            "date": self.date, "text": self.text, "post_id": post, "owner_id": -page, "parents_stack": [],
        });
        if self.reply_to > 0 {
            comment["reply_to_comment"] = json!(self.reply_to);
            comment["parents_stack"] = json!([self.reply_to]);
        }
        comment
    }
}
