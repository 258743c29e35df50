//! The system's allocator, which counts while [`measure`] runs and else costs one load and one branch.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static IS_ON: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// What was asked of the allocator while something ran.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// How often memory was allocated, or allocated anew in another size.
    pub allocations: u64,
    /// The most bytes that were held at one time, beyond those held before.
    pub peak: i64,
    /// The bytes that are still held, beyond those held before.
    pub kept: i64,
}

/// Counts what a function allocates, on whatever thread; one measurement at a time.
pub fn measure<T>(run: impl FnOnce() -> T) -> (T, Usage) {
    ALLOCATIONS.store(0, Relaxed);
    BYTES.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    IS_ON.store(true, Relaxed);
    let made = run();
    IS_ON.store(false, Relaxed);
    let usage = Usage {
        allocations: ALLOCATIONS.load(Relaxed),
        peak: PEAK.load(Relaxed),
        kept: BYTES.load(Relaxed),
    };
    (made, usage)
}

struct Counting;

impl Counting {
    fn took(bytes: i64) {
        if IS_ON.load(Relaxed) {
            ALLOCATIONS.fetch_add(1, Relaxed);
            let held = BYTES.fetch_add(bytes, Relaxed) + bytes;
            PEAK.fetch_max(held, Relaxed);
        }
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::took(signed(layout.size()));
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::took(signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::took(signed(size) - signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if IS_ON.load(Relaxed) {
            BYTES.fetch_sub(signed(layout.size()), Relaxed);
        }
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::measure;

    #[test]
    fn what_is_held_and_what_was_held() {
        let (kept, usage) = measure(|| {
            drop(Vec::<u8>::with_capacity(1000));
            Vec::<u8>::with_capacity(10)
        });
        assert_eq!((usage.allocations, usage.peak, usage.kept), (2, 1000, 10));
        drop(kept);
    }
}
