//! Communities and their settings.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    attachment::Audio,
    field::object,
    ids::{GroupId, UserId},
    schema,
};

object! {
    /// A community; but for the number every member comes only if asked for or if VK has it.
    Group {
        /// Number.
        id: GroupId,
        /// The name.
        name: String,
        /// The short name.
        screen_name: Option<String>,
        /// 0 open, 1 closed, 2 private.
        is_closed: Option<i64>,
        /// `group`, `page` or `event`.
        kind: Option<String> = "type",
        /// `deleted` or `banned`, if it is gone.
        deactivated: Option<String>,
        /// The topic, as VK words it.
        activity: Option<String>,
        /// Addresses.
        addresses: Option<Addresses>,
        /// Whom to turn to: personal data.
        contacts: Option<Vec<Contact>>,
        /// The cover.
        cover: Option<Cover>,
        /// How many photos, articles and so on there are; hidden ones are absent.
        counters: Option<Counters>,
        /// The description.
        description: Option<String>,
        /// The site.
        site: Option<String>,
        /// The status line.
        status: Option<String>,
        /// Links.
        links: Option<Vec<GroupLink>>,
        /// Whether VK has verified it.
        verified: Option<bool>,
        /// The pinned post.
        fixed_post: Option<i64>,
        /// Which section comes first: VK's number.
        main_section: Option<i64>,
        /// Which section comes second: VK's number.
        secondary_section: Option<i64>,
        /// 0 off, 1 open, 2 limited, 3 closed.
        wall: Option<i64>,
        /// Whether the caller can write to it.
        can_message: Option<bool>,
        /// How many have joined.
        members_count: Option<i64>,
        /// Whether somebody is there to answer.
        online_status: Option<OnlineStatus>,
        /// The city.
        city: Option<Named>,
        /// The country.
        country: Option<Named>,
        /// The place; VK does not document its shape.
        place: Option<Value>,
        /// 1 none, 2 from 16, 3 from 18 years.
        age_limits: Option<i64>,
        /// Whether it has VK's fire mark.
        trending: Option<bool>,
        /// Whether it has a picture.
        has_photo: Option<bool>,
        /// How the picture is cut.
        crop_photo: Option<Box<schema::BaseCropPhoto>>,
        /// A picture 50 pixels wide.
        photo_50: Option<String>,
        /// A picture 100 pixels wide.
        photo_100: Option<String>,
        /// A picture 200 pixels wide.
        photo_200: Option<String>,
        /// Live covers.
        live_covers: Option<Box<schema::GroupsLiveCovers>>,
        /// How many stories are kept.
        stories_archive_count: Option<i64>,
        /// How many clips there are.
        clips_count: Option<i64>,
        /// How many videos there are.
        videos_count: Option<i64>,
        /// Whether it has a channel.
        has_group_channel: Option<bool>,
        /// The shop.
        market: Option<Box<schema::GroupsMarketInfo>>,
        /// The menu; VK does not document its shape.
        menu: Option<Value>,
        /// The action button; VK does not document its shape.
        action_button: Option<Value>,
        /// Whether VK takes it for a state body; undocumented, may never come.
        is_government_organization: Option<bool>,
        /// A mark of trust; undocumented, may never come.
        trust_mark: Option<i64>,
        /// Admin level. One of `1 moderator`, `2 editor`, `3 administrator`.
        admin_level: Option<schema::GroupsGroupAdminLevel>,
        /// Est date.
        est_date: Option<String>,
        /// Finish date.
        finish_date: Option<i64>,
        /// Whether it is admin.
        is_admin: Option<bool>,
        /// Whether it is advertiser.
        is_advertiser: Option<bool>,
        /// Whether it is member.
        is_member: Option<bool>,
        /// Whether it is video live notifications blocked.
        is_video_live_notifications_blocked: Option<bool>,
        /// Photo 200 orig.
        photo_200_orig: Option<String>,
        /// Photo 400.
        photo_400: Option<String>,
        /// Photo 400 orig.
        photo_400_orig: Option<String>,
        /// Photo max.
        photo_max: Option<String>,
        /// Photo max orig.
        photo_max_orig: Option<String>,
        /// Photo max size.
        photo_max_size: Option<Box<schema::GroupsPhotoSize>>,
        /// Public date label.
        public_date_label: Option<String>,
        /// Start date.
        start_date: Option<i64>,
        /// Video live.
        video_live: Option<Box<schema::VideoLiveInfo>>,
        /// Whether it has market app.
        has_market_app: Option<bool>,
        /// Using vkpay market app.
        using_vkpay_market_app: Option<bool>,
        /// Ban info.
        ban_info: Option<Box<schema::GroupsGroupBanInfo>>,
        /// Whether one can call to community.
        can_call_to_community: Option<bool>,
        /// Whether one can create topic.
        can_create_topic: Option<bool>,
        /// Whether one can post.
        can_post: Option<bool>,
        /// Whether one can see all posts.
        can_see_all_posts: Option<bool>,
        /// Whether one can send notify.
        can_send_notify: Option<bool>,
        /// Whether one can subscribe podcasts.
        can_subscribe_podcasts: Option<bool>,
        /// Whether one can subscribe posts.
        can_subscribe_posts: Option<bool>,
        /// Whether one can suggest.
        can_suggest: Option<bool>,
        /// Whether one can upload clip.
        can_upload_clip: Option<bool>,
        /// Whether one can upload doc.
        can_upload_doc: Option<bool>,
        /// Whether one can upload story.
        can_upload_story: Option<bool>,
        /// Whether one can upload video.
        can_upload_video: Option<bool>,
        /// Whether it has unseen stories.
        has_unseen_stories: Option<bool>,
        /// Invited by. At least 1.
        invited_by: Option<i64>,
        /// Whether it is adult.
        is_adult: Option<bool>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Whether it is hidden from feed.
        is_hidden_from_feed: Option<bool>,
        /// Whether it is messages blocked.
        is_messages_blocked: Option<bool>,
        /// Whether it is subscribed.
        is_subscribed: Option<bool>,
        /// Whether it is subscribed podcasts.
        is_subscribed_podcasts: Option<bool>,
        /// Main album id.
        main_album_id: Option<i64>,
        /// Member status. One of `0 not a member`, `1 member`, `2 not sure`, `3 declined`, `4 has sent a request`, `5 invited`.
        member_status: Option<schema::GroupsGroupFullMemberStatus>,
        /// Members count text.
        members_count_text: Option<String>,
        /// How many requests.
        requests_count: Option<i64>,
        /// Status audio.
        status_audio: Option<Box<Audio>>,
        /// How many textlives.
        textlives_count: Option<i64>,
        /// Video cover.
        video_cover: Option<Box<schema::BaseOwnerCover>>,
        /// How many video live.
        video_live_count: Option<i64>,
        /// Video live level.
        video_live_level: Option<i64>,
        /// Video notifications status. One of `none`, `all`, `preferred`.
        video_notifications_status: Option<String>,
        /// Wiki page.
        wiki_page: Option<String>,
    }

    /// The addresses of a community.
    Addresses {
        /// Whether they are shown.
        is_enabled: bool,
        /// The main one.
        main_address_id: Option<i64>,
        /// How many there are.
        count: Option<i64>,
        /// Main address.
        main_address: Option<Box<schema::GroupsAddress>>,
    }

    /// Whom to turn to in a community.
    Contact {
        /// A person in VK.
        user_id: Option<UserId>,
        /// The post.
        desc: Option<String>,
        /// The telephone.
        phone: Option<String>,
        /// The address of electronic mail.
        email: Option<String>,
    }

    /// A community's cover.
    Cover {
        /// Whether there is one.
        enabled: bool,
        /// Its copies of several sizes.
        images: Vec<schema::BaseImage>,
    }

    /// How many of what a community has; hidden ones are absent.
    Counters {
        /// Photos.
        photos: Option<i64>,
        /// Albums.
        albums: Option<i64>,
        /// Videos.
        videos: Option<i64>,
        /// Clips.
        clips: Option<i64>,
        /// Tracks.
        audios: Option<i64>,
        /// Files.
        docs: Option<i64>,
        /// Discussions.
        topics: Option<i64>,
        /// Goods.
        market: Option<i64>,
        /// Services.
        market_services: Option<i64>,
        /// Articles.
        articles: Option<i64>,
        /// Collections of stories.
        narratives: Option<i64>,
        /// Podcasts.
        podcasts: Option<i64>,
        /// Addresses.
        addresses: Option<i64>,
        /// Audio playlists.
        audio_playlists: Option<i64>,
        /// Clips followers.
        clips_followers: Option<i64>,
        /// Clips likes.
        clips_likes: Option<i64>,
        /// Clips views.
        clips_views: Option<i64>,
        /// Video playlists.
        video_playlists: Option<i64>,
        /// Videos followers.
        videos_followers: Option<i64>,
    }

    /// A link of a community.
    GroupLink {
        /// Number.
        id: Option<i64>,
        /// Where it leads.
        url: String,
        /// The name.
        name: Option<String>,
        /// The description.
        desc: Option<String>,
        /// Edit title.
        edit_title: Option<bool>,
        /// Image processing.
        image_processing: Option<bool>,
        /// Photo 100.
        photo_100: Option<String>,
        /// Photo 50.
        photo_50: Option<String>,
    }

    /// Whether a community answers.
    OnlineStatus {
        /// `none`, `online` or `answer_mark`.
        status: String,
        /// The mean time of an answer, minutes.
        minutes: Option<i64>,
    }

    /// Something of VK's lists: a city, a country.
    Named {
        /// Number.
        id: i64,
        /// The name.
        title: String,
    }

    /// Where to ask for a community's events.
    LongPollServer {
        /// What lets the asker in; expires.
        key: String,
        /// The whole address.
        server: String,
        /// The number of the last event.
        ts: String,
    }

    /// How a community's events are set up.
    LongPollSettings {
        /// Whether they are kept at all.
        is_enabled: bool,
        /// The version of their shapes.
        api_version: Option<String>,
        /// Which kinds are kept.
        events: BTreeMap<String, bool>,
    }

    /// What a community's key may do.
    TokenPermissions {
        /// The sum of the rights' bits: 4096 messages, 262144 management.
        mask: i64,
        /// The rights by name.
        permissions: Vec<TokenPermission>,
    }

    /// A right of a key.
    TokenPermission {
        /// The name.
        name: String,
        /// The bit.
        setting: i64,
    }

    /// What a short name stands for.
    Resolved {
        /// `user`, `group`, `page`, `event`, `application` and so on.
        kind: String = "type",
        /// Its number, positive.
        object_id: i64,
    }
}

impl TokenPermissions {
    /// Whether the key may write and read messages.
    pub fn messages(&self) -> bool {
        self.mask & 4096 != 0
    }

    /// Whether the key may change the community's settings.
    pub fn manage(&self) -> bool {
        self.mask & 262_144 != 0
    }
}
