"""Speaking live: sound in as it comes, frames out as they become final, with a state that can be saved."""
