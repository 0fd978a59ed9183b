//! One shared value per type and process: how a slice keeps a cache or a counter without the platform knowing it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A set of values, at most one of each type, made when first asked for.
#[derive(Default, Clone)]
pub struct Memo(Arc<RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

impl Memo {
    /// The value of type `T`, if it was made.
    pub fn find<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<T>()).cloned();
        known.and_then(|v| v.downcast().ok())
    }

    /// The value of type `T`, made by `make` if this is the first time.
    pub fn get_or<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(known) = self.find() {
            return known;
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let value = all.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(make())).clone();
        value.downcast().unwrap_or_else(|_| unreachable_type())
    }
}

/// The map is keyed by the type of its values, so a downcast cannot fail.
fn unreachable_type<T>() -> Arc<T> {
    std::process::abort()
}
