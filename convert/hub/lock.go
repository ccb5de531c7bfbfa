package hub

import (
	"context"
	"os"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// lockPoll is how often a lock that somebody else has is tried.
const lockPoll = 50 * time.Millisecond

// acquire waits for the lock file name in root, which stays in place when it is released, as Python's does. Locks save
// bandwidth and nothing depends on them, so trouble with them is no error: the answer is then that the place is shared.
// The error is that of a context that ended.
func (c *Client) acquire(ctx context.Context, root *os.Root, name, what string) (release func(), shared bool, err error) {
	told := false
	for {
		f, err := disk.TryLock(root, name)
		switch {
		case err != nil:
			c.cfg.Logf("%s: no lock against other processes here: %s", what, fault.Printable(err.Error(), fault.MaxMessage))
			return func() {}, true, nil
		case f != nil:
			return func() { _ = f.Close() }, false, nil // the lock is gone with it, whatever Close says
		case !told:
			c.cfg.Logf("%s: waiting for another process that downloads it", what)
			told = true
		}
		if err := sleep(ctx, lockPoll); err != nil {
			return nil, false, err
		}
	}
}
