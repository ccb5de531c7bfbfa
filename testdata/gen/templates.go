package main

import "fmt"

// templates are the kinds of problems; each fills itself from a draw.
var templates = []func(*draw) *problem{
	boxes, sharing, shopping, pages, savings, garden, quoted, listed,
}

func boxes(d *draw) *problem {
	who, what, n, per, extra := d.name(), d.thing(), d.between(3, 12), d.between(4, 24), d.between(1, 9)
	p := &problem{question: fmt.Sprintf(
		"%s has %d boxes with %d %s in each, and %d more %s in a pocket. How many %s does %s have in all?",
		who, n, per, what, extra, what, what, who)}
	p.step("The boxes hold %s "+what+".", fmt.Sprintf("%d*%d", n, per), n*per)
	p.step("With those in the pocket there are %s "+what+".", fmt.Sprintf("%d+%d", n*per, extra), n*per+extra)
	return p
}

func sharing(d *draw) *problem {
	who, other, what, n, each := d.name(), d.name(), d.thing(), d.between(3, 9), d.between(5, 20)
	lost := d.between(2, 15)
	total := n*each + lost
	p := &problem{question: fmt.Sprintf(
		"%s collected %d %s. After giving %d of them to %s, %s shares the rest equally among %d friends. How many %s does each friend get?",
		who, total, what, lost, other, who, n, what)}
	p.step("There are %s "+what+" left to share.", fmt.Sprintf("%d-%d", total, lost), n*each)
	p.step("Each friend gets %s "+what+".", fmt.Sprintf("%d/%d", n*each, n), each)
	return p
}

func shopping(d *draw) *problem {
	who, a, b := d.name(), d.between(2, 9), d.between(2, 9)
	pa, pb := d.between(3, 15), d.between(2, 12)
	cost := a*pa + b*pb
	note := (cost/50 + 1) * 50
	p := &problem{question: fmt.Sprintf(
		"At the market %s buys %d melons at $%d each and %d loaves at $%d each, and pays with $%d. How much change, in dollars, does %s get back?",
		who, a, pa, b, pb, note, who)}
	p.step("The melons cost %s dollars.", fmt.Sprintf("%d*%d", a, pa), a*pa)
	p.step("The loaves cost %s dollars.", fmt.Sprintf("%d*%d", b, pb), b*pb)
	p.step("Together that is %s dollars.", fmt.Sprintf("%d+%d", a*pa, b*pb), cost)
	p.step("The change is %s dollars.", fmt.Sprintf("%d-%d", note, cost), note-cost)
	return p
}

func pages(d *draw) *problem {
	who, days, perDay, left := d.name(), d.between(3, 14), d.between(8, 40), d.between(5, 90)
	p := &problem{question: fmt.Sprintf(
		"%s reads %d pages of a book every day. After %d days there are still %d pages to go. How many pages does the book have?",
		who, perDay, days, left)}
	p.step("%s pages are read.", fmt.Sprintf("%d*%d", perDay, days), perDay*days)
	p.step("The book has %s pages.", fmt.Sprintf("%d+%d", perDay*days, left), perDay*days+left)
	return p
}

func savings(d *draw) *problem {
	who, week, weeks, gift := d.name(), d.between(3, 25), d.between(4, 20), d.between(5, 60)
	p := &problem{question: fmt.Sprintf(
		"%s puts $%d aside every week for %d weeks and gets $%d as a present. How many dollars is that altogether?",
		who, week, weeks, gift)}
	p.step("Saved: %s dollars.", fmt.Sprintf("%d*%d", week, weeks), week*weeks)
	p.step("With the present: %s dollars.", fmt.Sprintf("%d+%d", week*weeks, gift), week*weeks+gift)
	return p
}

func garden(d *draw) *problem {
	who, long, wide, path := d.name(), d.between(6, 30), d.between(3, 15), d.between(2, 9)
	p := &problem{question: fmt.Sprintf(
		"%s's garden is %d metres long and %d metres wide. A path takes up %d square metres of it. How many square metres are left for flowers?",
		who, long, wide, path)}
	p.step("The garden covers %s square metres.", fmt.Sprintf("%d*%d", long, wide), long*wide)
	p.step("Without the path %s square metres are left.", fmt.Sprintf("%d-%d", long*wide, path), long*wide-path)
	return p
}

func quoted(d *draw) *problem {
	who, other, n, m := d.name(), d.name(), d.between(11, 60), d.between(2, 9)
	p := &problem{question: fmt.Sprintf(
		"%s says: \"I am %d years old.\" %s answers: \"Then I'm %d times as old as you will be next year!\" How old is %s?",
		who, n, other, m, other)}
	p.step("Next year "+who+" is %s.", fmt.Sprintf("%d+1", n), n+1)
	p.step(other+" is %s years old.", fmt.Sprintf("%d*%d", n+1, m), (n+1)*m)
	return p
}

func listed(d *draw) *problem {
	who, what, mon, tue, wed := d.name(), d.thing(), d.between(5, 50), d.between(5, 50), d.between(5, 50)
	p := &problem{question: fmt.Sprintf(
		"%s counted %s on three days:\n- Monday: %d\n- Tuesday: %d\n- Wednesday: %d\nHow many %s is that?",
		who, what, mon, tue, wed, what)}
	p.step("Monday and Tuesday: %s.", fmt.Sprintf("%d+%d", mon, tue), mon+tue)
	p.step("All three days: %s.", fmt.Sprintf("%d+%d", mon+tue, wed), mon+tue+wed)
	return p
}
