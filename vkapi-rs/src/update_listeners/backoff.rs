//! How long to wait after faults that follow each other.

use std::time::Duration;

/// Waits that double with each fault up to a cap, each drawn at random so that many bots do not come back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first fault.
    pub base: Duration,
    /// The longest wait ever.
    pub cap: Duration,
}

impl Backoff {
    /// The longest wait after `faults` in a row.
    fn ceiling(self, faults: u32) -> Duration {
        self.base
            .saturating_mul(1_u32.checked_shl(faults.saturating_sub(1)).unwrap_or(u32::MAX))
            .min(self.cap)
    }

    /// Anything from nothing up to the ceiling: for a server that others hurry back to as well.
    pub(crate) fn full(self, faults: u32, random: &mut fastrand::Rng) -> Duration {
        self.ceiling(faults).mul_f64(random.f64())
    }

    /// At least half of the ceiling: for calls that VK punishes when they come too often.
    pub(crate) fn half(self, faults: u32, random: &mut fastrand::Rng) -> Duration {
        self.ceiling(faults).mul_f64(0.5 + random.f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn waits_double_up_to_the_cap_and_are_spread() {
        let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(5) };
        let mut random = fastrand::Rng::with_seed(1);
        for (faults, ceiling_ms) in
            [(1, 100), (2, 200), (3, 400), (6, 3200), (7, 5000), (40, 5000), (u32::MAX, 5000)]
        {
            let ceiling = Duration::from_millis(ceiling_ms);
            for _ in 0..50 {
                assert!(backoff.full(faults, &mut random) <= ceiling);
                let half = backoff.half(faults, &mut random);
                assert!(half >= ceiling / 2 && half <= ceiling);
            }
        }
        let drawn: Vec<_> = (0..50).map(|_| backoff.full(3, &mut random)).collect();
        assert!(drawn.iter().min() < drawn.iter().max());
    }
}
