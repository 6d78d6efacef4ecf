//! People.

use super::{
    attachment::{Audio, Photo},
    field::object,
    group::Named,
    ids::UserId,
    schema,
};

object! {
    /// A person.
    User {
        /// Number.
        id: UserId,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// `deleted` or `banned`, if the page is gone.
        deactivated: Option<String>,
        /// Whether the page is closed.
        is_closed: bool,
        /// The short name, if asked for.
        screen_name: Option<String>,
        /// 1 a woman, 2 a man, 0 not told; if asked for.
        sex: Option<i64>,
        /// The city, if asked for and told.
        city: Option<Named>,
        /// The time zone's offset in hours, if asked for and told.
        timezone: Option<f64>,
        /// A picture 100 pixels wide, if asked for.
        photo_100: Option<String>,
        /// Whether one can access closed.
        can_access_closed: Option<bool>,
        /// Hidden.
        hidden: Option<i64>,
        /// Friend status. One of `0 not a friend`, `1 outcoming request`, `2 incoming request`, `3 is friend`.
        friend_status: Option<schema::FriendsFriendStatusStatus>,
        /// Mutual.
        mutual: Option<Box<schema::FriendsRequestsMutual>>,
        /// Online.
        online: Option<bool>,
        /// Online app.
        online_app: Option<i64>,
        /// Online info.
        online_info: Option<Box<schema::UsersOnlineInfo>>,
        /// Online mobile.
        online_mobile: Option<bool>,
        /// Photo 50.
        photo_50: Option<String>,
        /// Trending.
        trending: Option<bool>,
        /// Verified.
        verified: Option<bool>,
        /// About.
        about: Option<String>,
        /// What opens it to others.
        access_key: Option<String>,
        /// Activities.
        activities: Option<String>,
        /// Activity.
        activity: Option<String>,
        /// Bdate.
        bdate: Option<String>,
        /// Blacklisted.
        blacklisted: Option<bool>,
        /// Blacklisted by me.
        blacklisted_by_me: Option<bool>,
        /// Books.
        books: Option<String>,
        /// Whether one can ban.
        can_ban: Option<bool>,
        /// Whether one can be invited group.
        can_be_invited_group: Option<bool>,
        /// Whether one can call.
        can_call: Option<bool>,
        /// Whether one can call from group.
        can_call_from_group: Option<bool>,
        /// Whether one can invite as voicerooms speaker.
        can_invite_as_voicerooms_speaker: Option<bool>,
        /// Whether one can post.
        can_post: Option<bool>,
        /// Whether one can see all posts.
        can_see_all_posts: Option<bool>,
        /// Whether one can see audio.
        can_see_audio: Option<bool>,
        /// Whether one can see gifts.
        can_see_gifts: Option<bool>,
        /// Whether one can see wishes.
        can_see_wishes: Option<bool>,
        /// Whether one can send friend request.
        can_send_friend_request: Option<bool>,
        /// Whether one can subscribe podcasts.
        can_subscribe_podcasts: Option<bool>,
        /// Whether one can subscribe posts.
        can_subscribe_posts: Option<bool>,
        /// Whether one can upload doc.
        can_upload_doc: Option<bool>,
        /// Whether one can write private message.
        can_write_private_message: Option<bool>,
        /// Career.
        career: Vec<schema::UsersCareer>,
        /// How many clips.
        clips_count: Option<i64>,
        /// How many common.
        common_count: Option<i64>,
        /// Contact id.
        contact_id: Option<i64>,
        /// Contact name.
        contact_name: Option<String>,
        /// Counters.
        counters: Option<Box<schema::UsersUserCounters>>,
        /// Crop photo.
        crop_photo: Option<Box<schema::BaseCropPhoto>>,
        /// Descriptions.
        descriptions: Vec<String>,
        /// Domain.
        domain: Option<String>,
        /// Education form.
        education_form: Option<String>,
        /// Education status.
        education_status: Option<String>,
        /// Email.
        email: Option<String>,
        /// Exports.
        exports: Option<Box<schema::UsersExports>>,
        /// Facebook.
        facebook: Option<String>,
        /// Facebook name.
        facebook_name: Option<String>,
        /// Faculty.
        faculty: Option<i64>,
        /// Faculty name.
        faculty_name: Option<String>,
        /// First name abl.
        first_name_abl: Option<String>,
        /// First name acc.
        first_name_acc: Option<String>,
        /// First name dat.
        first_name_dat: Option<String>,
        /// First name gen.
        first_name_gen: Option<String>,
        /// First name ins.
        first_name_ins: Option<String>,
        /// First name nom.
        first_name_nom: Option<String>,
        /// How many followers.
        followers_count: Option<i64>,
        /// Games.
        games: Option<String>,
        /// Graduation.
        graduation: Option<i64>,
        /// Whether it has mobile.
        has_mobile: Option<bool>,
        /// Whether it has photo.
        has_photo: Option<bool>,
        /// Whether it has unseen stories.
        has_unseen_stories: Option<bool>,
        /// Hash.
        hash: Option<String>,
        /// Home phone.
        home_phone: Option<String>,
        /// Home town.
        home_town: Option<String>,
        /// Instagram.
        instagram: Option<String>,
        /// Interests.
        interests: Option<String>,
        /// Whether it is best friend.
        is_best_friend: Option<bool>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Whether it is friend.
        is_friend: Option<bool>,
        /// Whether it is hidden from feed.
        is_hidden_from_feed: Option<bool>,
        /// Whether it is message request.
        is_message_request: Option<bool>,
        /// Whether it is no index.
        is_no_index: Option<bool>,
        /// Whether it is service.
        is_service: Option<bool>,
        /// Whether it is subscribed podcasts.
        is_subscribed_podcasts: Option<bool>,
        /// Whether it is video live notifications blocked.
        is_video_live_notifications_blocked: Option<bool>,
        /// Language.
        language: Option<String>,
        /// Last name abl.
        last_name_abl: Option<String>,
        /// Last name acc.
        last_name_acc: Option<String>,
        /// Last name dat.
        last_name_dat: Option<String>,
        /// Last name gen.
        last_name_gen: Option<String>,
        /// Last name ins.
        last_name_ins: Option<String>,
        /// Last name nom.
        last_name_nom: Option<String>,
        /// Last seen.
        last_seen: Option<Box<schema::UsersLastSeen>>,
        /// Lists.
        lists: Vec<i64>,
        /// Livejournal.
        livejournal: Option<String>,
        /// Maiden name.
        maiden_name: Option<String>,
        /// Military.
        military: Vec<schema::UsersMilitary>,
        /// Mobile phone.
        mobile_phone: Option<String>,
        /// Movies.
        movies: Option<String>,
        /// Music.
        music: Option<String>,
        /// Nickname.
        nickname: Option<String>,
        /// Occupation.
        occupation: Option<Box<schema::UsersOccupation>>,
        /// Owner state.
        owner_state: Option<Box<schema::OwnerState>>,
        /// Personal.
        personal: Option<Box<schema::UsersPersonal>>,
        /// Photo.
        photo: Option<String>,
        /// Photo 200.
        photo_200: Option<String>,
        /// Photo 200 orig.
        photo_200_orig: Option<String>,
        /// Photo 400.
        photo_400: Option<String>,
        /// Photo 400 orig.
        photo_400_orig: Option<String>,
        /// Photo big.
        photo_big: Option<String>,
        /// The photo.
        photo_id: Option<String>,
        /// Photo max.
        photo_max: Option<String>,
        /// Photo max orig.
        photo_max_orig: Option<String>,
        /// Photo max size.
        photo_max_size: Option<Box<Photo>>,
        /// Photo medium.
        photo_medium: Option<String>,
        /// Photo medium rec.
        photo_medium_rec: Option<String>,
        /// Photo rec.
        photo_rec: Option<String>,
        /// Quotes.
        quotes: Option<String>,
        /// Relation. One of `0 not specified`, `1 single`, `2 in a relationship`, `3 engaged`, `4 married`, `5 complicated`, `6 actively searching`, `7 in love`, `8 in a civil union`.
        relation: Option<schema::UsersUserRelation>,
        /// Relation partner.
        relation_partner: Option<Box<User>>,
        /// Relatives.
        relatives: Vec<schema::UsersRelative>,
        /// Schools.
        schools: Vec<schema::UsersSchool>,
        /// Service description.
        service_description: Option<String>,
        /// Site.
        site: Option<String>,
        /// Skype.
        skype: Option<String>,
        /// Status.
        status: Option<String>,
        /// Status app.
        status_app: Option<Box<schema::AppsAppMin>>,
        /// Status audio.
        status_audio: Option<Box<Audio>>,
        /// How many stories archive.
        stories_archive_count: Option<i64>,
        /// Test.
        test: Option<bool>,
        /// Tv.
        tv: Option<String>,
        /// Twitter.
        twitter: Option<String>,
        /// The kind. One of `profile`.
        kind: Option<schema::UsersUserType> = "type",
        /// Universities.
        universities: Vec<schema::UsersUniversity>,
        /// University.
        university: Option<i64>,
        /// University group id.
        university_group_id: Option<i64>,
        /// University name.
        university_name: Option<String>,
        /// Video live.
        video_live: Option<Box<schema::VideoLiveInfo>>,
        /// How many video live.
        video_live_count: Option<i64>,
        /// Video live level.
        video_live_level: Option<i64>,
        /// Wall comments.
        wall_comments: Option<bool>,
        /// Wall default. One of `owner`, `all`.
        wall_default: Option<String>,
    }
}
