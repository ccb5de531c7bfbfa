package dataset

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// maxReaders bounds how many blocks of a file are worked on at once: more of them wait for the one that reads.
const maxReaders = 4

func readers() int { return min(runtime.GOMAXPROCS(0), maxReaders) }

// An order is jobs that several goroutines do, and one takes as if it had done them one after the other.
type order[J any] struct {
	workers int
	ahead   int                     // jobs under way at most
	next    func() (job J, ok bool) // the next job; not ok when there are no more
	large   func(job J) bool        // no other is begun before the job is taken
	work    func(worker int, job J) // does a job, on the goroutine of the worker
	take    func(job J) (more bool) // takes a job that is done
}

// errand is a job that was given out.
type errand[J any] struct {
	job      J
	done     chan struct{}
	panicked any
}

// run does all jobs, and calls next and take on the goroutine of the caller. Nothing runs any more when it returns.
func (o order[J]) run() {
	errands := make(chan *errand[J], o.ahead)
	var all sync.WaitGroup
	defer all.Wait()
	defer close(errands)
	for worker := range o.workers {
		all.Go(func() {
			for e := range errands {
				e.run(func() { o.work(worker, e.job) })
			}
		})
	}
	var queue []*errand[J]
	for ok, more := true, true; more; {
		for ok && len(queue) < o.ahead && (len(queue) == 0 || !o.large(queue[len(queue)-1].job)) {
			e := &errand[J]{done: make(chan struct{}, 1)}
			if e.job, ok = o.next(); ok {
				errands <- e
				queue = append(queue, e)
			}
		}
		if len(queue) == 0 {
			return
		}
		e := queue[0]
		queue = queue[1:]
		<-e.done
		if e.panicked != nil {
			panic(e.panicked)
		}
		more = o.take(e.job)
	}
}

// run does the job. What is a bug is for the goroutine that takes it.
func (e *errand[J]) run(work func()) {
	defer func() {
		if p := recover(); p != nil {
			e.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
		}
		e.done <- struct{}{}
	}()
	work()
}
