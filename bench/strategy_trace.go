package bench

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/trace"
)

// TraceStrategy is the load that replays t speed times as fast as it was: each request at its instant, and with an
// answer as long as it was where the trace tells. It sends what the trace asks where that is in every request of it,
// else the runner's prompts in their order. Label is what reports call the trace.
func TraceStrategy(t *trace.Trace, label string, speed float64) (Strategy, error) {
	if !(speed >= 1e-6 && speed <= 1e6) {
		return Strategy{}, fmt.Errorf("speed %v: expected a number above 0, such as 2 for twice as fast", speed)
	}
	if speed != 1 {
		label = fmt.Sprintf("%s x%v", label, speed)
	}
	s := Strategy{Kind: Trace, Label: label, Due: make([]time.Duration, len(t.Requests)), MaxTokens: make([]int, len(t.Requests))}
	for i, r := range t.Requests {
		ns := float64(r.At) / speed
		if ns > float64(1<<62) {
			return Strategy{}, fmt.Errorf("speed %v: the trace would take more than a hundred years", speed)
		}
		s.Due[i], s.MaxTokens[i] = time.Duration(ns), r.OutputTokens
	}
	s.Rate = float64(len(s.Due))
	if last := s.Due[len(s.Due)-1]; last > 0 {
		s.Rate = max(float64(len(s.Due)-1)/last.Seconds(), minRate)
	}
	if !t.HasPrompts() {
		return s, nil
	}
	var err error
	s.Prompts, err = tracePrompts(t)
	return s, err
}

func tracePrompts(t *trace.Trace) ([]Prompt, error) {
	prompts := make([]Prompt, len(t.Requests))
	for i, r := range t.Requests {
		p := Prompt{Line: int64(i + 1), Messages: user(r.Prompt)}
		if r.Messages != nil {
			var messages []openai.Message
			if err := json.Unmarshal(r.Messages, &messages); err != nil {
				return nil, fmt.Errorf("request %d by time: messages: %w", i+1, err)
			}
			if len(messages) == 0 {
				return nil, fmt.Errorf("request %d by time: no messages", i+1)
			}
			p.Messages = messages
		}
		p.SHA256 = digest(p.Messages)
		prompts[i] = p
	}
	return prompts, nil
}
