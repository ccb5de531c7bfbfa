package openai

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A backlog is a connection on which all has arrived before anybody reads: each segment a millisecond after the one
// before. As with the kernel, a read goes on through segments while it has room, and has the time of the last one.
type backlog struct {
	net.Conn // nil: what is not written here is not to be called
	segments []string
	taken    int // of the segment in front of the rest, and all before it
	from     int // in that segment
	reads    int
}

func (b *backlog) Read(p []byte) (n int, err error) {
	b.reads++
	for n < len(p) && (b.from < len(b.segments[b.taken]) || b.taken < len(b.segments)-1) {
		if b.from == len(b.segments[b.taken]) {
			b.taken, b.from = b.taken+1, 0
		}
		k := copy(p[n:], b.segments[b.taken][b.from:])
		n, b.from = n+k, b.from+k
	}
	return n, nil
}

func (b *backlog) Write(p []byte) (int, error) { return len(p), nil }

func (b *backlog) Close() error { return nil }

// backlogRead is when all reads of a backlog are.
const backlogRead = scriptStart + int64(time.Second)

func (b *backlog) stamp() stamp {
	at := scriptStart + int64(b.taken)*int64(time.Millisecond)
	return stamp{at: at, now: backlogRead, id: at, kernel: true}
}

// readBacklog reads the segments as a client whose readers were late just before, or not.
func readBacklog(t *testing.T, late bool, segments ...string) (*Response, *backlog) {
	c := own(t, Config{})
	b := &backlog{segments: segments}
	wire := &conn{Conn: b, sock: b, late: new(lateness)}
	if late {
		wire.late.note(stamp{at: backlogRead - int64(lateRead), now: backlogRead, kernel: true})
	}
	over(c, wire)
	r := do(t.Context(), c)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	return r, b
}

// TestLateness: where readers are late, tokens that wait in one socket keep each the time of its own segment; where
// they are not, one read takes all there is.
func TestLateness(t *testing.T) {
	segments := []string{headChunked}
	for range 5 {
		segments = append(segments, chunked(content(strings.Repeat("word ", 40))))
	}
	segments = append(segments, chunked("data: [DONE]\n\n")+"0\r\n\r\n")

	r, _ := readBacklog(t, true, segments...)
	var want []int64
	for i := range 5 {
		want = append(want, scriptStart+int64(i+1)*int64(time.Millisecond))
	}
	if diff := cmp.Diff(want, r.Chunks); diff != "" || r.Coalesced != 0 || r.FirstToken != want[0] {
		t.Errorf("late: %d coalesced, first token %d (-want +got)\n%s", r.Coalesced, r.FirstToken, diff)
	}
	if r, b := readBacklog(t, false, segments...); r.Coalesced != 5 || b.reads > 2 {
		t.Errorf("in time: %d coalesced in %d reads, want all 5 in the one after the head's", r.Coalesced, b.reads)
	}
}

// TestLateness_bursts: a server that sends many tokens in a segment is not read token by token for long.
func TestLateness_bursts(t *testing.T) {
	burst := strings.Repeat(chunked(content(strings.Repeat("word ", 40))), 20)
	end := chunked("data: [DONE]\n\n") + "0\r\n\r\n"
	r, b := readBacklog(t, true, headChunked, burst, burst, end)
	if len(r.Chunks) != 40 || r.Coalesced != 40 || b.reads > 20 {
		t.Errorf("%d tokens, %d coalesced, in %d reads", len(r.Chunks), r.Coalesced, b.reads)
	}
}

// TestLateness_note: it takes a late read to be late, and it ends.
func TestLateness_note(t *testing.T) {
	const now = int64(time.Hour)
	for _, c := range []struct {
		name string
		read stamp
		want bool
	}{
		{"late", stamp{at: now - int64(lateRead), now: now, kernel: true}, true},
		{"in time", stamp{at: now - int64(lateRead) + 1, now: now, kernel: true}, false},
		{"by the clock", stamp{at: now - int64(lateRead), now: now}, false},
	} {
		var l lateness
		if l.note(c.read); l.since(now) != c.want || l.since(now+int64(lateHold)) {
			t.Errorf("%s: %v, and afterwards %v", c.name, l.since(now), l.since(now+int64(lateHold)))
		}
	}
}
