// Package history holds what people saw who worked at the same time against a model in which everything happens one at
// a time: is there an order, true to who was done before whom began, in which each answer is right? (Linearizability;
// porcupine looks for the order.)
//
// Owns: writing down who asked what when and what came back, the judgment, how many histories a run makes.
// Does not own: the models, which stand beside the operations that they are of.
//
// Words: a deed is one operation of one client; a history is all deeds of some clients on one thing.
package history
