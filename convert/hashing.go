package convert

import (
	"context"

	"github.com/promptmill/promptmill/convert/dataset"
)

// hashing is the hash of a file's bytes in the making, while its rows are converted.
type hashing struct {
	stop context.CancelFunc
	done chan struct{}
	sum  string
	err  error
}

// hash begins to hash a file whose hash is not known. Unless it is to be done together with the rows, it is done then.
func (p *pipeline) hash(ctx context.Context, f dataset.Table, src SourceFile) *hashing {
	ctx, stop := context.WithCancel(ctx)
	h := &hashing{stop: stop, done: make(chan struct{}), sum: src.SHA256}
	run := func() {
		defer close(h.done)
		if h.sum == "" && !p.options.NoSums {
			h.sum, h.err = f.SHA256(ctx)
		}
	}
	if p.workers(f) > 1 {
		go run()
	} else {
		run()
	}
	return h
}

// wait returns the hash when it is done.
func (h *hashing) wait() (string, error) {
	<-h.done
	return h.sum, h.err
}

// end gives up what is not done yet. Nothing runs any more when it returns.
func (h *hashing) end() {
	h.stop()
	<-h.done
}
