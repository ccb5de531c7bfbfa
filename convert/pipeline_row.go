package convert

import (
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// row writes the prompts of one row, or counts why not.
func (p *pipeline) row(m *mapping.Mapping, b *dataset.Batch, row int) error {
	at := p.seen
	p.seen++
	if !p.own.has(at) {
		p.ledger.drop(dropShard)
		return nil
	}
	p.descent.read(m, b, row)
	p.strays.count(b, row)
	for turn := range m.Prompts(b, row) {
		if turn > 0 && p.full() {
			break
		}
		p.ledger.Added += int64(min(turn, 1))
		drop := m.Turn(b, row, turn, &p.prompt)
		if err := p.turn(drop, at, turn); err != nil {
			return err
		}
	}
	return nil
}

// turn writes the prompt that was read as a turn of row at, unless that says why to drop it.
func (p *pipeline) turn(drop string, at int64, turn int) error {
	if drop == "" {
		var err error
		if drop, err = p.refine(&p.prompt); err != nil {
			return err
		}
	}
	if drop == "" {
		if drop = p.judged(); drop == "" {
			return p.write(&p.object, at, turn)
		}
	}
	p.ledger.drop(drop)
	return nil
}

// judged appends the prompt, at the size that is asked for, as a line to the output's buffer, unless there is a reason to drop it.
func (p *pipeline) judged() (drop string) {
	sized, drop := p.sizer.size(&p.prompt)
	if drop != "" {
		return drop
	}
	p.object.text, p.object.strings = p.out.buf, p.object.strings[:0]
	if drop = p.line(&p.object, sized); drop == "" {
		drop = p.sieve.drop(&p.prompt)
	}
	if drop == "" {
		p.sizer.count(sized)
	}
	return drop
}

// write takes the line that was appended to the output's buffer, which is of a turn of row at.
func (p *pipeline) write(o *object, at int64, turn int) error {
	buf := o.text
	if check := p.options.Check; check != nil {
		if err := check(buf, len(p.out.buf), o.strings); err != nil {
			return &lineError{p.taken + 1, err}
		}
	}
	p.taken++
	kind := reshapeOf(&p.prompt, p.options)
	if p.shape == nil {
		p.reshaped.count(kind)
		return p.out.end(buf)
	}
	return p.shape.add(&item{key: draw(p.options.Seed, at, turn), n: p.taken, row: at, kind: kind, body: p.descent.pack(buf[len(p.out.buf):])})
}

// deliver writes what has passed the shape.
func (p *pipeline) deliver(it *item) error {
	p.reshaped.count(it.kind)
	sum, line := p.descent.unpack(it.body)
	if err := p.out.end(append(p.out.buf, line...)); err != nil {
		return err
	}
	part, number := p.out.place()
	return p.descent.write(it, sum, part, number)
}
