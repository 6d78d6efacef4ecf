use serde::{Deserialize, Serialize};
use vkapi::types::GroupId;

/// A post on a community's wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRef {
    /// The community.
    pub group: GroupId,
    /// The post's number on its wall, from 1.
    pub post: i64,
}

/// What a person pasted where the address of a post was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// A post of a community.
    Post(PostRef),
    /// An address of VK, but of no post of a community.
    Other,
    /// No address of VK at all.
    Nothing,
}

/// VK's own hosts.
const HOSTS: [&str; 4] = ["vk.com/", "vk.ru/", "vkontakte.ru/", "vk.me/"];

impl PostRef {
    /// Reads any form in which VK gives the address of a post, with words around it or without: `vk.ru/wall-1_2`,
    /// `m.vk.com/wall-1_2?from=…`, `vk.com/school?w=wall-1_2%2Fall`, a bare `wall-1_2`.
    pub fn read(typed: &str) -> Pasted {
        let lower = typed.to_lowercase().replace("%2f", "/");
        let address = |word: &&str| HOSTS.iter().any(|host| word.contains(host)) || bare(word);
        let mut words = lower.split_whitespace().filter(address).peekable();
        if words.peek().is_none() {
            return Pasted::Nothing;
        }
        words.find_map(in_address).map_or(Pasted::Other, Pasted::Post)
    }
}

fn bare(word: &str) -> bool {
    word.trim_start_matches(|c: char| "<(«\"'".contains(c)).starts_with("wall-")
}

/// The post an address leads to: named by its path, or by `w` of what follows «?» or «#».
fn in_address(word: &str) -> Option<PostRef> {
    let path = match HOSTS.iter().find_map(|host| word.split_once(host)) {
        // «notvk.com/» is somebody else's.
        Some((before, path)) if host_before(before) => path,
        Some(_) => return None,
        None => word.trim_start_matches(|c: char| "<(«\"'".contains(c)),
    };
    let (path, query) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let shown = query.split('&').find_map(|part| part.strip_prefix("w="));
    wall(path).or_else(|| shown.and_then(wall))
}

fn host_before(before: &str) -> bool {
    let before = before.trim_start_matches(|c: char| "<(«\"'".contains(c));
    let rest = before.strip_prefix("https://").or_else(|| before.strip_prefix("http://")).unwrap_or(before);
    matches!(rest, "" | "m." | "www.")
}

/// `wall-1_2` with whatever cannot be a part of its number after it.
fn wall(text: &str) -> Option<PostRef> {
    let (group, rest) = text.strip_prefix("wall-")?.split_once('_')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (post, after) = rest.split_at(end);
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let number = |digits: &str| {
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        digits.parse::<i64>().ok().filter(|_| plain)
    };
    Some(PostRef { group: GroupId(number(group)?), post: number(post)? })
}

impl std::fmt::Display for PostRef {
    /// As VK's address of it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "vk.ru/wall-{}_{}", self.group, self.post)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_posts_address_is_read() {
        for typed in [
            "https://vk.com/wall-215_77",
            "vk.ru/wall-215_77",
            "http://m.vk.com/wall-215_77?from=search",
            "https://vk.com/school_5?w=wall-215_77",
            "https://vk.ru/club215?w=wall-215_77%2Fall",
            "https://vk.com/feed?section=search&w=wall-215_77",
            "https://vk.com/feed#w=wall-215_77",
            "https://vk.com/wall-215_77?reply=80&thread=78",
            "wall-215_77",
            "вот запись: https://vk.com/wall-215_77, вышла утром",
            "(vk.ru/wall-215_77)",
            "Наша школа — <https://VK.com/wall-215_77>.",
        ] {
            let post = PostRef { group: GroupId(215), post: 77 };
            assert_eq!(PostRef::read(typed), Pasted::Post(post), "{typed}");
            assert_eq!(PostRef::read(&post.to_string()), Pasted::Post(post));
        }
    }

    #[test]
    fn another_address_of_vk_is_no_post() {
        for typed in [
            "https://vk.com/school_5",
            "https://vk.com/wall-215?own=1",
            "https://vk.com/wall215_77",
            "https://vk.com/wall-215_",
            "https://vk.com/wall-215_77abc",
            "https://vk.com/wall-0_77",
            "https://vk.com/wall-215_99999999999999999999",
            "https://vk.com/wall--215_77",
            "https://notvk.com/wall-215_77",
            "https://evil.ru/vk.com/wall-215_77",
            "https://vk.com/video-215_77",
        ] {
            assert_eq!(PostRef::read(typed), Pasted::Other, "{typed}");
        }
    }

    #[test]
    fn words_are_no_address() {
        for typed in ["", "как закрепить запись", "стена wall", "https://ok.ru/group/5"]
        {
            assert_eq!(PostRef::read(typed), Pasted::Nothing, "{typed}");
        }
    }
}
