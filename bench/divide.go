package bench

// divide gives the benchmark its shard's part of what is to be sent, given how many requests it takes to send every
// prompt once.
func (b *benchmark) divide(once int) {
	b.whole = int64(b.limits.requests(once))
	b.deal = deal{shard: b.Shard, hands: b.Shard.count()}
	if !b.strategy.Open() {
		b.deal.hands = int64(max(b.strategy.Concurrency, 1))
	}
	b.budget = b.deal.limit(b.whole)
	if b.limits.MaxRequests > 0 || b.limits.MaxDuration > 0 {
		return
	}
	b.sessions.limit = b.deal.limit(int64(len(b.prompts)))
	if b.Sessions != NoSessions && b.budget > 0 {
		b.budget = b.turnsDealt()
	}
}

// turnsDealt is how many requests the sessions take that are the shard's when each prompt is sent once.
func (b *benchmark) turnsDealt() int64 {
	turns := int64(0)
	for n := range b.sessions.limit {
		turns += int64(len(b.prompt(b.deal.number(n)).turns()))
	}
	if turns == 0 {
		return nothing
	}
	return turns
}

// promptsTaken is how many prompts all shards have begun to send, as far as one of them can know: exactly, unless time
// ended a closed loop, or sessions.
func (b *benchmark) promptsTaken() int64 {
	own := b.sequence.Load()
	if b.Sessions != NoSessions {
		own = b.sessions.begun.Load()
	}
	switch {
	case b.Shard.count() == 1:
		return own
	case b.sessions.limit != 0 && b.Sessions != NoSessions: // each prompt once
		return int64(len(b.prompts))
	case b.strategy.Open() && b.whole > 0 && b.Sessions == NoSessions:
		return min(b.passed, b.whole)
	case b.strategy.Open():
		return b.passed
	case b.full():
		return b.whole
	default:
		return own * b.Shard.count()
	}
}
