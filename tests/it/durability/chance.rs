//! Randomness that can be repeated: `VOXANNE_SEED=<what a failure printed>`.

use std::sync::Mutex;
use std::time::Duration;

use voxanne::platform::clock::Clock;

/// `SplitMix64`.
pub struct Chance(Mutex<u64>);

impl Chance {
    /// From `VOXANNE_SEED`, else from the clock. Prints what it is.
    pub fn new(test: &str) -> Self {
        let given = std::env::var("VOXANNE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| Clock::system().now().as_microsecond().unsigned_abs());
        eprintln!("{test}: VOXANNE_SEED={seed}");
        Self::of(seed)
    }

    /// From this seed.
    pub fn of(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// Another one, decided by this one: for each of several clients.
    pub fn child(&self) -> Self {
        Self(Mutex::new(self.below(u64::MAX)))
    }

    /// A number below `bound`.
    pub fn below(&self, bound: u64) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// True once in `n` times.
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A pause of `from` to `to` milliseconds.
    pub async fn pause(&self, from: u64, to: u64) {
        tokio::time::sleep(Duration::from_millis(from + self.below(to - from))).await;
    }
}
