package bench

import (
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// Replies says whether conversations are sent turn by turn, as sessions, and what stands in the history of a turn for
// the answers to those before it.
type Replies string

// The ways to send a conversation.
const (
	NoSessions     Replies = ""        // as one request, whose history is the dataset's
	LiveReplies    Replies = "live"    // turn by turn; the history holds what the server answered
	DatasetReplies Replies = "dataset" // turn by turn; the history holds the dataset's replies
)

// sessions counts those of a benchmark.
type sessions struct {
	limit   int64        // that may be begun; 0 is no limit
	begun   atomic.Int64 // so far
	dropped atomic.Int64 // turns of those begun that were not sent: an answer before them was not whole, or sending ended
}

// A session is a conversation under way. The zero value is none.
type session struct {
	number  int64
	prompt  *Prompt
	turns   []turn // all of them
	next    int    // index of the turn that comes next
	replies Replies
	history []openai.Message // up to the answer to the last turn
	last    bool             // the turn under way is the last
}

// more reports whether the session has a turn to send.
func (s *session) more() bool { return s.next < len(s.turns) }

// start begins the conversation of a prompt.
func (s *session) start(number int64, p *Prompt, replies Replies) {
	*s = session{number: number, prompt: p, turns: p.turns(), replies: replies, history: s.history[:0]}
}

// take describes the next turn in c.
func (s *session) take(c *call) {
	c.prompt, c.session, c.turn = s.prompt, new(s.number), new(int32(s.next))
	s.history = append(s.history, s.turns[s.next].ask...)
	s.next++
	s.last = s.next == len(s.turns)
}

// prepare puts the conversation so far into a request.
func (s *session) prepare(in *openai.Input) {
	if s.prompt == nil {
		return
	}
	in.Messages = s.history
	if n := s.turns[s.next-1].maxTokens; n > 0 {
		in.MaxTokens = n
	}
	if !s.last {
		in.Expected = nil // it is of the last answer
	}
}

// fill writes into the record which turn it is of.
func (s *session) fill(rec *results.Record, c *call) {
	if s.prompt == nil {
		return
	}
	rec.Session, rec.Turn, rec.PromptSHA256 = c.session, c.turn, digest(s.history)
	if !s.last {
		rec.Expected = nil
	}
}

// add takes in the answer to the turn that was sent. Without a whole one the session is over, for there is nothing to
// go on with.
func (s *session) add(w *worker, status string) {
	if s.prompt == nil {
		return
	}
	if status != results.StatusOK {
		w.dropTurns()
		return
	}
	if s.replies == LiveReplies {
		s.history = append(s.history, openai.Message{Role: "assistant", Content: string(w.resp.Text)})
	} else {
		s.history = append(s.history, s.turns[s.next-1].reply...)
	}
}

// dropTurns ends the session under way, if there is one, and counts the turns that it leaves unsent.
func (w *worker) dropTurns() {
	s := &w.session
	w.sessions.dropped.Add(int64(len(s.turns) - s.next))
	s.next = len(s.turns)
}

// think is how long a user takes before the next turn. A time of the strategy goes before one of the dataset.
func (s *session) think(st *Strategy) time.Duration {
	if st.Think != (Think{}) {
		return st.Think.Time(st.Seed, int(s.number), s.next-1)
	}
	return s.turns[s.next].delay
}
