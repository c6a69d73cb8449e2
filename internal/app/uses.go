package app

import (
	"context"
	"time"
)

// noteUsesEvery is how often it is written when sessions were used. No request waits for it.
const noteUsesEvery = 30 * time.Second

// noteUses writes it until ctx ends, and once more then. What fails is noted at the next requests anyway.
func (a *App) noteUses(ctx context.Context) {
	every := time.NewTicker(noteUsesEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			if err := a.Services.Identity.NoteUses(ctx); err != nil && ctx.Err() == nil {
				a.log.Warn("uses of sessions were not noted", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			if err := a.Services.Identity.NoteUses(last); err != nil {
				a.log.Warn("uses of sessions were not noted", "error", err)
			}
			return
		}
	}
}
