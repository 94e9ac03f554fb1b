//! Scenarios and profile to a plan: names resolved, order, what is blocked by what.
