//! What a page tells of itself: the fields a visitor looks for.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use vkapi::types::Group;

/// The fields of `groups.getById` that an audit asks for.
pub const FIELDS: [&str; 17] = [
    "activity",
    "addresses",
    "contacts",
    "counters",
    "cover",
    "description",
    "fixed_post",
    "has_photo",
    "links",
    "members_count",
    "menu",
    "online_status",
    "site",
    "status",
    "verified",
    "wall",
    "is_government_organization",
];

static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Russian numbers as people write them: +7 or 8 and ten digits, or a town's five to seven with a dash.
    Regex::new(r"(?:\+7|\b8)[\s(-]*\d{3,5}[\s)-]*[\d\s-]{5,9}\d|\b\d{1,3}-\d{2}-\d{2}\b").ok()
});
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+").ok());

/// What a visitor looks for on a page; what VK does not tell is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing a visitor finds or does not")]
pub struct Profile {
    /// Anybody can see it.
    pub open: bool,
    /// An address of its own rather than `club123`.
    pub short_name: bool,
    /// A picture.
    pub avatar: Option<bool>,
    /// A cover.
    pub cover: Option<bool>,
    /// How many characters the description has.
    pub description: usize,
    /// A telephone in the description or the contacts.
    pub phone: bool,
    /// An e-mail there.
    pub email: bool,
    /// A site.
    pub site: bool,
    /// An address on the map.
    pub address: Option<bool>,
    /// The topic.
    pub activity: Option<String>,
    /// The pinned post.
    pub pinned: Option<i64>,
    /// The number of subscribers.
    pub members: Option<i64>,
    /// Whether anybody can write on the wall or comment: not closed, not off.
    pub wall: Option<i64>,
}

impl Profile {
    /// Reads it off the page.
    pub fn of(group: &Group) -> Self {
        let description = group.description.as_deref().unwrap_or_default().trim();
        let contacts = group.contacts.iter().flatten();
        let (mut phone, mut email) = (holds(&PHONE, description), holds(&EMAIL, description));
        for contact in contacts {
            phone |=
                contact.phone.as_deref().is_some_and(|p| p.bytes().filter(u8::is_ascii_digit).count() >= 5);
            email |= contact.email.as_deref().is_some_and(|e| holds(&EMAIL, e));
        }
        let name = group.screen_name.as_deref().unwrap_or_default();
        Self {
            open: group.deactivated.is_none() && group.is_closed.unwrap_or(0) == 0,
            short_name: !name.is_empty() && !is_default(name),
            avatar: group.has_photo,
            cover: group.cover.as_ref().map(|cover| cover.enabled),
            description: description.chars().count(),
            phone,
            email,
            site: group.site.as_deref().is_some_and(|site| site.trim().contains('.')),
            address: group
                .addresses
                .as_ref()
                .map(|a| a.is_enabled && a.main_address_id.is_some_and(|id| id > 0)),
            activity: group.activity.clone().filter(|a| !a.trim().is_empty()),
            pinned: group.fixed_post.filter(|id| *id > 0),
            members: group.members_count,
            wall: group.wall,
        }
    }
}

impl Profile {
    /// Whether people may comment on its posts: VK tells `wall` 0 (off), 1 (open), 2 (restricted: comments only) or
    /// 3 (closed). <https://dev.vk.com/ru/reference/objects/group>
    pub fn comments(&self) -> Option<bool> {
        self.wall.map(|wall| matches!(wall, 1 | 2))
    }
}

fn holds(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn is_default(name: &str) -> bool {
    ["club", "public", "event"]
        .iter()
        .any(|p| name.strip_prefix(p).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profile(of: serde_json::Value) -> Profile {
        let mut page = json!({"id": 5, "name": "Школа № 5"});
        let serde_json::Value::Object(of) = of else { panic!("no object") };
        page.as_object_mut().unwrap().extend(of);
        Profile::of(&serde_json::from_value(page).unwrap())
    }

    #[test]
    fn telephones_and_mail_are_found_as_people_write_them() {
        for phone in
            ["+7 (4752) 72-00-00", "8 4752 720000", "8(47545) 5-12-34", "приёмная: 5-12-34", "+74752720000"]
        {
            assert!(profile(json!({"description": format!("Ждём вас. {phone}")})).phone, "{phone}");
        }
        for other in ["школа 1985 года", "дом 12, кв. 34", "с 8 до 17", "ОГРН 1026801221810"]
        {
            assert!(!profile(json!({ "description": other })).phone, "{other}");
        }
        assert!(profile(json!({"description": "пишите: school5@obr.g68.ru"})).email);
        assert!(profile(json!({"contacts": [{"phone": "5-12-34"}, {"email": "a@b.ru"}]})).phone);
    }

    #[test]
    fn what_vk_does_not_tell_is_not_known() {
        let bare = profile(json!({}));
        assert_eq!((bare.avatar, bare.cover, bare.address, bare.members), (None, None, None, None));
        assert!(bare.open && !bare.short_name && !bare.site);
    }

    #[test]
    fn odd_shapes_are_read() {
        let odd = profile(json!({
            "has_photo": 1, "cover": {"enabled": 0}, "addresses": {"is_enabled": true, "main_address_id": 12},
            "screen_name": "club5", "is_closed": 1, "fixed_post": 0, "site": " ", "description": "  ",
        }));
        assert_eq!((odd.avatar, odd.cover, odd.address), (Some(true), Some(false), Some(true)));
        assert!(!odd.open && !odd.short_name && !odd.site && odd.pinned.is_none() && odd.description == 0);
        let comments = |wall: i64| profile(json!({ "wall": wall })).comments();
        assert_eq!([0, 1, 2, 3].map(comments), [Some(false), Some(true), Some(true), Some(false)]);
        assert!(profile(json!({"screen_name": "club5a"})).short_name);
        assert!(!profile(json!({"deactivated": "banned"})).open);
    }
}
