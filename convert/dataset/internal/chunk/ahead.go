package chunk

import "fmt"

// Ahead is a [Reader] that decodes the next page while the one before is in use, by a goroutine that lives for one page.
// Errors come with the page that they are about, as those of a Reader do. It is for one goroutine at a time.
type Ahead struct {
	Reader
	page  Page    // the one in use
	spare buffers // of the page in use, while the next is decoded
	on    bool
	next  chan decoded // one page; nil when none is under way
}

type decoded struct {
	page *Page
	err  error
}

// NewAhead returns one that, until [Ahead.Enable], decodes pages only when they are asked for.
func NewAhead(s *Shared) Ahead { return Ahead{Reader: NewReader(s)} }

// Enable lets pages be decoded ahead. From then on [Ahead.Stop] must be called before the file is closed, and two pages are
// in memory.
func (a *Ahead) Enable() { a.on, a.pages = true, 2 }

// Stop waits until nothing is decoded ahead any more. What has been is lost.
func (a *Ahead) Stop() {
	if a.next != nil {
		<-a.next
		a.next = nil
	}
}

// Next is [Reader.Next]. The page is valid until the next call.
func (a *Ahead) Next() (*Page, error) {
	var d decoded
	if a.next != nil {
		d = <-a.next
		a.next = nil
	} else {
		d.page, d.err = a.Reader.Next()
	}
	if d.err != nil {
		return nil, d.err
	}
	a.page = *d.page
	if a.on && a.left > 0 && !a.lent {
		a.buffers, a.spare = a.spare, a.buffers
		a.start()
	}
	return &a.page, nil
}

func (a *Ahead) start() {
	next := make(chan decoded, 1)
	a.next = next
	go func() {
		var d decoded
		defer func() {
			if p := recover(); p != nil {
				d = decoded{err: fmt.Errorf("the decoder gave up: %v", p)}
			}
			next <- d
		}()
		d.page, d.err = a.Reader.Next()
	}()
}
