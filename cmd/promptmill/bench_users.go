package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// userPlan is what the users do who are played.
type userPlan struct {
	sessions bench.Replies
	cancel   bench.Cancellation
	prefill  int
	seed     uint64
}

// userFlags say what the users do, beside asking, who are played.
func userFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "sessions", Usage: "send each conversation turn by turn, each turn after the answer to the one before it and --think-time"},
		&cli.StringFlag{Name: "session-replies", Value: string(bench.LiveReplies), Usage: "with --sessions: `WHOSE` answers stand in the history of later turns, live (the server's) or dataset"},
		&cli.IntFlag{Name: "prefill-concurrency", Usage: "let at most `N` requests wait for their first token at once; others wait their turn, and it counts from their due time"},
		&cli.StringFlag{Name: "cancel-rate", Usage: "give up this `SHARE` of the requests, such as 10%, as users do who stop an answer; the same ones for the same --seed"},
		&cli.StringFlag{Name: "cancel-after", Value: "500ms", Usage: "with --cancel-rate: give up after `WHEN`, a time since sending or chunks of the answer, such as 500ms or 3tok"},
	}
}

func (plan *benchPlan) readUsers(c *cli.Context) error {
	u := &plan.users
	if u.prefill = c.Int("prefill-concurrency"); u.prefill < 0 || u.prefill == 0 && c.IsSet("prefill-concurrency") {
		return fmt.Errorf("--prefill-concurrency %d: expected at least 1", u.prefill)
	}
	u.seed = uint64(c.Int64("seed"))
	return errors.Join(u.readSessions(c), u.readCancel(c))
}

func (u *userPlan) readSessions(c *cli.Context) error {
	replies := bench.Replies(c.String("session-replies"))
	switch {
	case !slices.Contains([]bench.Replies{bench.LiveReplies, bench.DatasetReplies}, replies):
		return fmt.Errorf("--session-replies %q: expected %s or %s", string(replies), bench.LiveReplies, bench.DatasetReplies)
	case c.Bool("sessions"):
		u.sessions = replies
	case c.IsSet("session-replies"):
		return errors.New("--session-replies is for --sessions, which is not set")
	}
	return nil
}

func (u *userPlan) readCancel(c *cli.Context) error {
	rate, err := parseShare("--cancel-rate", c.String("cancel-rate"))
	if err != nil {
		return err
	}
	if rate == 0 {
		if c.IsSet("cancel-after") {
			return errors.New("--cancel-after is for --cancel-rate, which is not set")
		}
		return nil
	}
	if u.cancel, err = bench.ParseCancelAfter(c.String("cancel-after")); err != nil {
		return fmt.Errorf("--cancel-after %w", err)
	}
	u.cancel.Rate = rate
	return nil
}

// planUsers checks the plan against the prompts, and has the client keep the text of answers that go into the history
// of a conversation. It comes after the plan of scoring, which also reads them.
func (plan *benchPlan) planUsers() error {
	if plan.users.sessions == bench.NoSessions {
		return nil
	}
	if !plan.client.Endpoint.Generates() {
		return usagef("--sessions: %s answers nothing that a next turn could follow", plan.client.Endpoint)
	}
	if plan.users.sessions == bench.LiveReplies {
		plan.client.KeepText = true
	}
	if err := bench.CheckSessions(plan.prompts.prompts, plan.users.sessions); err != nil {
		return usagef("--sessions: %s: %w", plan.promptPath, err)
	}
	return nil
}

// dropsText reports whether the client keeps the text of answers only for the history of conversations.
func (plan *benchPlan) dropsText() bool {
	s := &plan.scoring
	return !s.keep && s.scorer == nil && s.tokenizer == nil
}
