//! Questions below posts that nobody has answered. Only what is told for certain: rather one question too few than a
//! reproach to somebody who has answered.

use vkapi::types::{Comment, GroupId, WallPost};

use super::posts::{published, within};
use crate::domain::{Ms, comments::Question};

/// Comments below posts of so many days are looked at.
pub const COMMENTED: u16 = 14;
/// Words that ask without a question mark.
const ASKING: [&str; 4] = ["подскажите", "подскажи", "скажите", "уточните"];

/// The posts of the last [`COMMENTED`] days below which there are comments, newest first, with how many.
pub fn commented(wall: &[WallPost], now: Ms) -> Vec<(i64, u32)> {
    let posts = within(&published(wall, now), now, COMMENTED);
    let some =
        posts.iter().filter_map(|post| Some((post.id, u32::try_from(post.comments.as_ref()?.count).ok()?)));
    some.filter(|(_, count)| *count > 0).collect()
}

/// The questions of people among the comments below a post of a page that wait for an answer, the oldest first.
///
/// Answered is what the page has written below, anywhere after it, and what somebody else has answered in its thread,
/// if not by asking too. Of a thread that VK tells only a part of nothing is said.
pub fn waiting(page: GroupId, post: i64, comments: &[Comment]) -> Vec<Question> {
    let last = comments.iter().filter(|c| is_of(c, page)).filter_map(|c| c.date).max();
    let mut open: Vec<Question> = comments.iter().flat_map(|top| below(page, post, top, comments)).collect();
    open.retain(|question| last.is_none_or(|last| last < question.at.0 / 1_000));
    open.sort_by_key(|question| (question.at, question.comment));
    open
}

/// The open questions of one comment and of what is said in its thread.
fn below(page: GroupId, post: i64, top: &Comment, all: &[Comment]) -> Vec<Question> {
    let thread = top.thread.as_ref();
    let items = thread.map_or(&[][..], |thread| &thread.items);
    let told = thread.and_then(|thread| thread.count).is_none_or(|n| usize::try_from(n) == Ok(items.len()));
    if !told || thread.and_then(|thread| thread.author_replied) == Some(true) && items.is_empty() {
        return Vec::new();
    }
    // VK used to tell answers beside what they answer.
    let beside = all.iter().filter(|other| other.reply_to_comment == Some(top.id));
    let said: Vec<&Comment> = std::iter::once(top).chain(items).chain(beside).collect();
    let answers = |to: &Comment, other: &Comment| {
        let other_one = other.from_id != to.from_id && other.id != to.id;
        other_one && other.date >= to.date && (is_of(other, page) || !asks(&other.text)) && !is_gone(other)
    };
    let open = std::iter::once(top).chain(items).filter(|comment| {
        let person = comment.from_id.is_some_and(|from| from.0 > 0);
        person
            && !is_gone(comment)
            && asks(&comment.text)
            && !said.iter().any(|other| answers(comment, other))
    });
    let question = |c: &Comment| Some(Question { post, comment: c.id, at: Ms(c.date?.checked_mul(1_000)?) });
    open.filter_map(question).collect()
}

fn is_of(comment: &Comment, page: GroupId) -> bool {
    comment.from_id.is_some_and(|from| from.0 == -page.0) && !is_gone(comment)
}

fn is_gone(comment: &Comment) -> bool {
    comment.deleted == Some(true)
}

/// Whether a comment asks something: a word of it ends in a question mark, or it says so.
fn asks(text: &str) -> bool {
    text.split_whitespace().filter(|word| !word.contains("://") && !word.contains("vk.")).any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        word.contains('?') || ASKING.contains(&bare.as_str())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PAGE: GroupId = GroupId(5);

    fn open(comments: &Value) -> Vec<i64> {
        let comments: Vec<Comment> = serde_json::from_value(comments.clone()).unwrap();
        waiting(PAGE, 9, &comments).iter().map(|question| question.comment).collect()
    }

    fn said(id: i64, from: i64, date: i64, text: &str) -> Value {
        json!({"id": id, "from_id": from, "date": date, "text": text, "post_id": 9, "owner_id": -5})
    }

    fn with(mut top: Value, thread: &[Value]) -> Value {
        top["thread"] = json!({"count": thread.len(), "items": thread, "can_post": true});
        top
    }

    #[test]
    fn a_question_is_a_persons_and_asks() {
        for (text, question) in [
            ("А во сколько начало?", true),
            ("Подскажите, есть ли запись к окулисту", true),
            ("[id7|Анна], а где это?)", true),
            ("Серьёзно?!", true),
            ("Какие молодцы!", false),
            ("Смотрите https://vk.com/video?z=1 всем советую", false),
            ("vk.ru/wall-1_2?reply=3", false),
            ("", false),
        ] {
            assert_eq!(
                open(&json!([said(1, 7, 10, text)])),
                if question { vec![1] } else { vec![] },
                "{text}"
            );
        }
        assert!(open(&json!([said(1, -5, 10, "А вы уже были?")])).is_empty(), "the page itself");
        assert!(open(&json!([said(1, -8, 10, "А вы уже были?")])).is_empty(), "another community");
        let mut gone = said(1, 7, 10, "Где?");
        gone["deleted"] = json!(true);
        assert!(open(&json!([gone])).is_empty());
    }

    #[test]
    fn whoever_was_answered_waits_no_more() {
        let asked = || said(1, 7, 10, "Когда откроют бассейн?");
        assert_eq!(open(&json!([with(asked(), &[])])), [1]);
        assert!(open(&json!([with(asked(), &[said(2, -5, 20, "В понедельник!")])])).is_empty(), "the page");
        assert!(open(&json!([with(asked(), &[said(2, 8, 20, "В понедельник")])])).is_empty(), "a neighbour");
        assert_eq!(open(&json!([with(asked(), &[said(2, 7, 20, "Очень ждём")])])), [1], "not herself");
        assert_eq!(open(&json!([with(asked(), &[said(2, 8, 20, "Да, когда?")])])), [1, 2], "two ask");
        assert!(open(&json!([said(3, -5, 30, "Откроем в понедельник"), asked()])).is_empty(), "above all");
        assert_eq!(open(&json!([said(3, -5, 5, "Пишите вопросы!"), asked()])), [1], "before it");
        let mut beside = said(2, 8, 20, "В понедельник");
        beside["reply_to_comment"] = json!(1);
        assert!(open(&json!([asked(), beside])).is_empty(), "as VK told it once");
    }

    #[test]
    fn of_what_vk_does_not_tell_nothing_is_said() {
        let mut top = said(1, 7, 10, "Когда?");
        top["thread"] = json!({"count": 12, "items": [said(2, 7, 11, "?")]});
        assert!(open(&json!([top])).is_empty(), "a part of the thread");
        top["thread"] = json!({"count": 0, "author_replied": true});
        assert!(open(&json!([top])).is_empty());
        assert!(open(&json!([{"id": 1, "text": "Когда?"}])).is_empty(), "nobody's, and of no time");
    }

    #[test]
    fn posts_with_comments_are_told_newest_first() {
        let day = 86_400;
        let now = Ms(1_000 * 100 * day);
        let wall = json!([
            {"id": 1, "date": 80 * day, "comments": {"count": 4}, "is_pinned": 1},
            {"id": 7, "date": 97 * day, "comments": {"count": 1}},
            {"id": 8, "date": 98 * day, "comments": {"count": 0}},
            {"id": 9, "date": 99 * day, "comments": {"count": 3}},
            {"id": 6, "date": 96 * day},
        ]);
        let wall: Vec<WallPost> = serde_json::from_value(wall).unwrap();
        assert_eq!(commented(&wall, now), [(9, 3), (7, 1)]);
    }
}
