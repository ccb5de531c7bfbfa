package main

import (
	"fmt"
	"io"
	"os"
)

// leaveComplete ends a command line that asks to go on with a run of which nothing is left to do, once its file is found
// to be whole. Where --output names another file, that becomes a copy.
func (a *app) leaveComplete(plan *benchPlan) error {
	name := plan.resumed.file.Name()
	for _, err := range plan.resumed.file.Records() {
		if err != nil {
			return fmt.Errorf("--resume: %w", err)
		}
	}
	if isSameFile(name, plan.output) {
		a.logf("%s is complete: there is nothing to resume", name)
		return nil
	}
	if err := a.copyFile(name, plan.output); err != nil {
		return err
	}
	a.logf("%s is complete: there is nothing to resume; %s is a copy of it", name, plan.output)
	return nil
}

// isSameFile reports whether two names are of one file that is there.
func isSameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// copyFile makes what is called to a copy of a file, in one step.
func (p *process) copyFile(from, to string) error {
	in, err := openStream(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // was only read
	out, err := p.create(to)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("copy %s to %s: %w", from, to, withoutName(err))
	}
	return out.commit()
}
