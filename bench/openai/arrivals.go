package openai

// arrivals keeps, for one response, which read of the socket brought which bytes of the body. A conn fills it in
// the goroutine that reads, and the request asks it in its own: both under the conn's lock.
type arrivals struct {
	sent  int64 // nothing of the response can have arrived before
	frame framer
	head  int64     // when the head was complete, or 0
	bytes int64     // on the wire
	body  int64     // of them, body
	last  stamp     // of the latest read
	reads []arrival // in order; those that were asked past are gone
	clock bool      // an instant is not the kernel's
}

// An arrival is a read of the socket: it brought the body's bytes up to end.
type arrival struct {
	end int64
	at  int64
	id  int64 // of its stamp
}

// begin forgets everything and starts a response to a request sent at the given instant.
func (a *arrivals) begin(sent int64) { *a = arrivals{sent: sent, reads: a.reads[:0]} }

// add records a read of which only the frame knows what it brought.
func (a *arrivals) add(b []byte, s stamp) {
	a.arrive(len(b), s)
	a.decoded(int(a.frame.feed(b)))
	if a.head == 0 && a.frame.headDone() {
		a.head = a.last.at
	}
}

// decoded counts n more bytes of the body in the latest read.
func (a *arrivals) decoded(n int) {
	if n > 0 {
		a.body += int64(n)
		a.reads[len(a.reads)-1].end = a.body
	}
}

// arrive records a read of n bytes, of which none is known to be body yet.
func (a *arrivals) arrive(n int, s stamp) {
	s = a.plausible(s)
	a.clock = a.clock || !s.kernel
	a.bytes += int64(n)
	a.last = s
	if n := len(a.reads); n > 0 && a.reads[n-1].id == s.id {
		return
	}
	if len(a.reads) == maxReads { // a stream of comments: nobody asks for their time
		a.reads = a.reads[:copy(a.reads, a.reads[maxReads/2:])]
	}
	a.reads = append(a.reads, arrival{end: a.body, at: s.at, id: s.id})
}

// maxReads bounds the reads that are kept unasked. One event is behind by as many only if the server sends it a few
// bytes at a time.
const maxReads = 4096

// plausible holds a stamp between the sending of the request, the read before it, and now. Outside of these a
// kernel's time is wrong (the wall clock was stepped), so what is put in its place does not count as the kernel's.
func (a *arrivals) plausible(s stamp) stamp {
	if s.id == a.last.id && a.bytes > 0 {
		s.at = a.last.at // the conversion of one kernel time varies by some nanoseconds from read to read
		return s
	}
	if s.at < a.sent || s.at > s.now {
		s.at, s.kernel = min(max(s.at, a.sent), s.now), false
	}
	s.at = max(s.at, a.last.at)
	return s
}

// at returns the read that brought the body's byte before offset end. Offsets must not decrease from call to call.
func (a *arrivals) at(end int64) arrival {
	i := 0
	for i < len(a.reads)-1 && a.reads[i].end < end {
		i++
	}
	if i > 0 {
		a.reads = a.reads[:copy(a.reads, a.reads[i:])]
	}
	if len(a.reads) == 0 {
		return arrival{}
	}
	return a.reads[0]
}
