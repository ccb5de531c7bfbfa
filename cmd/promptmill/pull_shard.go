package main

import (
	"context"

	"github.com/promptmill/promptmill/convert/hub"
)

// selected is what is to be pulled: of the files that were asked for those of the shard, which follow each other.
func (p *puller) selected(ctx context.Context) (*hub.Dataset, error) {
	d, err := p.client.Select(ctx, p.sel)
	if err != nil || p.shard.Count <= 1 {
		return d, err
	}
	all, i, n := d.Files, p.shard.Index, p.shard.Count
	part := *d
	part.Files = all[len(all)*i/n : len(all)*(i+1)/n]
	p.logf("shard %v: %d of %s", p.shard, len(part.Files), counted(len(all), "file"))
	return &part, nil
}
