// Package stripegw is billing's way to Stripe: webhooks in, questions out.
//
// Owns: the client and how long it waits, which webhooks are believed, how Stripe's objects read as ours.
// Does not own: what is kept of them and when Stripe is asked (billing).
//
// Prices are told by their lookup key, "growth_v1" or "extra_user_v1": fence stripe setup gives them out.
package stripegw
