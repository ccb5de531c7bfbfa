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
	switch due := int64(len(b.strategy.Due)); {
	case b.Sessions != NoSessions && b.limits.lastDue:
		b.sessions.limit = b.deal.limit(due)
	case b.limits.MaxRequests > 0 || b.limits.MaxDuration > 0:
		return
	default:
		b.sessions.limit = b.deal.limit(int64(len(b.prompts)))
	}
	if b.Sessions != NoSessions && b.budget > 0 {
		b.budget = b.turnsDealt()
	}
}

// traceSessions has a trace start a conversation at each of its instants, and not end with as many turns: the requests
// asked for are those that the user limits the benchmark to, 0 for none.
func (b *benchmark) traceSessions(asked int) {
	if b.Sessions == NoSessions || len(b.strategy.Due) == 0 {
		return
	}
	turns := 0
	for n := range b.strategy.Due {
		turns += len(b.prompt(int64(n)).turns())
	}
	l := &b.limits
	l.lastDue = asked == 0 || turns <= asked
	if l.MaxRequests = asked; l.lastDue {
		l.MaxRequests = turns
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
