package hub

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// maxListings is how many listings a client keeps. One is large, and few are needed twice.
const maxListings = 4

// listings keeps what the Hub has listed, so that a client asks for each commit once. The zero value is ready; it is
// safe for concurrent use.
type listings struct {
	mu   sync.Mutex
	kept []*keptListing // the newest last
}

type keptListing struct {
	key  string
	turn *semaphore.Weighted // held while asking
	tree listing
}

// get returns the listing of a commit, from ask unless it is known. Callers of the same commit wait for one of them, each
// as long as its own context lasts; an error is not kept.
func (l *listings) get(ctx context.Context, repo, commit string, ask func(ctx context.Context, repo, commit string) (listing, error)) (listing, error) {
	k := l.entry(repo + "@" + commit)
	if k.turn.Acquire(ctx, 1) != nil {
		return nil, context.Cause(ctx)
	}
	defer k.turn.Release(1)
	if k.tree != nil {
		return k.tree, nil
	}
	tree, err := ask(ctx, repo, commit)
	if err == nil {
		k.tree = tree
	}
	return tree, err
}

func (l *listings) entry(key string) *keptListing {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.kept {
		if k.key == key {
			return k
		}
	}
	k := &keptListing{key: key, turn: semaphore.NewWeighted(1)}
	l.kept = append(l.kept, k)
	if len(l.kept) > maxListings {
		l.kept = l.kept[1:]
	}
	return k
}
