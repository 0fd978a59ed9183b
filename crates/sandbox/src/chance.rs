//! Chance from a seed, so that a run repeats (`SplitMix64`).

/// A sequence of numbers that only look random.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not zero.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % (n.max(1) as u64)).unwrap_or(0)
    }

    /// One of `n` things, each with so many in a thousand; `None` for all the rest.
    pub fn one_of(&mut self, per_mille: u32, n: u32) -> Option<u32> {
        let drawn = u32::try_from(self.below(1000)).unwrap_or(0);
        drawn.checked_div(per_mille).filter(|which| *which < n)
    }
}
