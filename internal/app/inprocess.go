package app

import (
	"net/http"

	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/worker"
)

// Handler is everything that a server answers, for who serves it to itself: tests and the prover. inside may be nil;
// else it is put between who is calling and what is asked, on companies' hosts.
func (a *App) Handler(inside func(http.Handler) http.Handler) http.Handler { return a.handler(inside) }

// Tasks is everything that a server does in the background, for who does it in turn.
func (a *App) Tasks() *tasks.Workers { return worker.List(a.db, a.system, a.Services.work()) }
