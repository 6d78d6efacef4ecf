use serde::{Deserialize, Serialize};

/// What an institution does; decides ideas, examples and peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sphere {
    /// Schools, colleges, additional education.
    School,
    /// Kindergartens.
    Kindergarten,
    /// Clinics and hospitals.
    Clinic,
    /// Libraries, museums, houses of culture, theatres.
    Culture,
    /// Social protection.
    Social,
    /// Local administrations.
    Municipality,
    /// Sports schools and centres.
    Sport,
    /// Everything else.
    Other,
}

impl Sphere {
    /// All spheres in the order they are offered.
    pub const ALL: [Self; 8] = [
        Self::School,
        Self::Kindergarten,
        Self::Clinic,
        Self::Culture,
        Self::Social,
        Self::Municipality,
        Self::Sport,
        Self::Other,
    ];

    /// The name used in content and in keys of texts.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Kindergarten => "kindergarten",
            Self::Clinic => "clinic",
            Self::Culture => "culture",
            Self::Social => "social",
            Self::Municipality => "municipality",
            Self::Sport => "sport",
            Self::Other => "other",
        }
    }
}
