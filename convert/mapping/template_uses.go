package mapping

import (
	"bytes"
	"text/template/parse"
)

// templateUses is what a template reads of the row, found by walking through it.
type templateUses struct {
	chains [][]string // a column and the fields that follow it
	ranges [][]string // those of them that are ranged over
	whole  bool       // it uses the row as a whole
	calls  bool       // it calls other templates
	elses  bool       // it has an else
}

// list walks through nodes. Where row is false, the dot is something inside of the row: only $ is the row.
func (u *templateUses) list(l *parse.ListNode, row bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			n.Text = unescaped(n.Text)
		case *parse.ActionNode:
			u.pipe(n.Pipe, row)
		case *parse.IfNode:
			u.branch(&n.BranchNode, row, row)
		case *parse.RangeNode:
			u.ranged(n.Pipe, row)
			u.branch(&n.BranchNode, row, false)
		case *parse.WithNode:
			u.branch(&n.BranchNode, row, false)
		case *parse.TemplateNode:
			u.calls = true
		}
	}
}

func (u *templateUses) branch(b *parse.BranchNode, row, inside bool) {
	u.elses = u.elses || b.ElseList != nil
	u.pipe(b.Pipe, row)
	test(b.Pipe)
	u.list(b.List, inside)
	u.list(b.ElseList, row)
}

// ranged notes what a loop is over, when that is a chain of the row.
func (u *templateUses) ranged(p *parse.PipeNode, row bool) {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return
	}
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		if row {
			u.ranges = append(u.ranges, n.Ident)
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			u.ranges = append(u.ranges, n.Ident[1:])
		}
	}
}

func (u *templateUses) pipe(p *parse.PipeNode, row bool) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		u.command(c, row)
	}
}

// command looks at the arguments of a call. `index . "name" ...` is how a column is read whose name is no identifier.
func (u *templateUses) command(c *parse.CommandNode, row bool) {
	args := c.Args
	if name, ok := args[0].(*parse.IdentifierNode); ok && name.Ident == "index" && len(args) > 2 && isRow(args[1], row) {
		if s, ok := args[2].(*parse.StringNode); ok {
			u.chains = append(u.chains, []string{s.Text})
			args = args[3:]
		}
	}
	for _, a := range args {
		u.argument(a, row)
	}
	testOperands(c)
}

func (u *templateUses) argument(n parse.Node, row bool) {
	switch n := n.(type) {
	case *parse.FieldNode:
		if row {
			u.chains = append(u.chains, n.Ident)
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			u.chains = append(u.chains, n.Ident[1:])
		}
		u.whole = u.whole || isRow(n, row)
	case *parse.DotNode:
		u.whole = u.whole || row
	case *parse.PipeNode:
		u.pipe(n, row)
	case *parse.ChainNode:
		u.argument(n.Node, row)
	}
}

// isRow reports whether n is the row itself.
func isRow(n parse.Node, row bool) bool {
	switch n := n.(type) {
	case *parse.DotNode:
		return row
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$"
	}
	return false
}

// unescaped replaces \n, \t and \\ in text, which shells pass on as they are written.
func unescaped(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\`)) {
		return text
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if j := bytes.IndexByte([]byte(`nt\`), text[i+1]); j >= 0 {
				out = append(out, "\n\t\\"[j])
				i++
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
