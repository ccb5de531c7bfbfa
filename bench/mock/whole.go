package mock

import "time"

// answerWhole sends the answer that is not streamed, in one write, when its last token is due. A fault that cuts
// a stream cuts this one in the middle of its body.
func (st *stream) answerWhole() *stream {
	switch st.fate.kind {
	case faultHang:
		return nil
	case faultEvent:
		return st.end(outcomeFailed, func() {
			st.finish(func(dst []byte) []byte {
				return st.srv.appendPage(dst, st.srv.injectedPage(), &st.reply, st.form.close)
			})
		})
	}
	st.first = st.start + int64(st.ttft) // nobody saw it
	st.settle()
	r := &st.reply
	for i := range st.size.choices {
		hash := st.hash + uint64(i)
		r.index = i
		r.reasoning = appendWords(nil, hash, 0, st.size.thought)
		r.text = appendWords(nil, hash, 0, st.size.tokens-st.size.thought)
		if i > 0 {
			r.choices = append(r.choices, ',')
		}
		choice := st.ep.choice
		if st.size.thought > 0 && st.ep.choiceThought != "" {
			choice = st.ep.choiceThought
		}
		r.choices = r.expand(r.choices, choice)
	}
	answer := func(dst []byte) []byte {
		return st.srv.appendPage(dst, page{status: 200, body: st.ep.whole}, r, st.form.close)
	}
	now := time.Now()
	st.sent.HeaderNS = now.UnixNano()
	if st.size.tokens > 0 {
		st.sent.stamp(now)
	}
	if st.fate.kind == faultNone {
		return st.end(outcomeAnswered, func() { st.finish(answer) })
	}
	b := answer(nil)
	st.conn.wire.send(b[:len(b)-len(b)/4])
	return st.strike()
}
