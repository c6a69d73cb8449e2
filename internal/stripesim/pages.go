package stripesim

import "net/http"

func (s *Sim) pages(*http.ServeMux) {}
