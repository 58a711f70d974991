// SPDX-License-Identifier: MIT

/** What every generated text begins with; `gcc` wants the typedefs that the front end knows by itself. */
export const prelude = `
struct list_head { struct list_head *next, *prev; };
struct inner { u8 b; s16 h; u32 w; };
struct outer { s8 c; struct inner in; u64 q; s32 list[3]; struct inner *link; };
union both { u32 w; u8 b[4]; s16 h[2]; };
struct flags { u32 a : 3; s32 b : 5; bool c : 1; u8 d : 4; u64 e : 40; s16 f : 9; u16 : 0; u32 g : 31; s64 h : 7; u8 last; };
struct deep { u8 tag; struct outer o[2]; struct { s16 x; union { u32 y; u8 z[4]; }; } in; struct flags fl; };
struct item { u16 v; struct list_head link; s64 w; };
static void list_start(struct list_head *head) { head->next = head; head->prev = head; }
static void list_append(struct list_head *link, struct list_head *head)
{
	link->next = head;
	link->prev = head->prev;
	head->prev->next = link;
	head->prev = link;
}
static void list_remove(struct list_head *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}
enum level { LOW = -2, MIDDLE, HIGH = 7, TOP };
#define SCALE 3
#define WIDE (~0UL >> 12)
#define TWICE(x) ((x) * 2)
#define LIMITED(x, low, high) ({ typeof(x) x_ = (x); x_ < (low) ? (typeof(x))(low) : x_ > (high) ? (typeof(x))(high) : x_; })
#define JOINED(a, b) a ## b
#define ADD_ALL(sum, ...) do { s32 all_[] = { __VA_ARGS__ }; for (u32 i_ = 0; i_ < sizeof(all_) / sizeof(all_[0]); i_++) (sum) += all_[i_]; } while (0)
#define for_each_third(i, from, to) for ((i) = (from); (i) < (to); (i) += 3)
typedef u64 (*operation_t)(u64, u64);
u64 result;
static u64 mix(u64 h, u64 v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15UL;
	return h ^ (h >> 29);
}
static u64 first_of(u64 a, u64 b) { return a + 1 - b / 3; }
static u64 second_of(u64 a, u64 b) { return a > b ? a - b : b ^ a; }
static struct inner make_inner(s32 a, u16 b)
{
	struct inner r = { a, .w = b };
	r.h = r.b - b;
	return r;
}
static u64 sum_outer(u64 hash, struct outer *o)
{
	hash = mix(hash, o->q + o->c * 3 + o->in.b * 5 + o->in.h * 7);
	return mix(hash, o->in.w + o->list[0] + o->list[1] * 3UL + o->list[2] * 5UL);
}
static u64 sum_up(u64 hash, s32 *p, s16 (*square)[3], struct inner *i, struct outer *o, struct outer *g, union both *u)
{
	hash = mix(hash, *p + i->b + i->h * 3UL + i->w * 5UL + u->w);
	hash = mix(hash, square[0][0] + square[0][1] * 3 + square[0][2] * 5 + square[1][0] * 7 + square[1][2]);
	return sum_outer(sum_outer(hash, o), g);
}
static u64 sum_flags(u64 hash, struct flags *f)
{
	hash = mix(hash, f->a + f->b * 3 + f->c * 5 + f->d * 7);
	return mix(mix(hash, f->e), f->f + f->g * 3L + f->h * 5 + f->last);
}
static u64 sum_deep(u64 hash, struct deep *d)
{
	hash = mix(hash, d->tag + d->in.x * 3 + d->in.y * 5L + d->in.z[1]);
	return sum_outer(sum_outer(sum_flags(hash, &d->fl), &d->o[0]), &d->o[1]);
}
static void bump(s32 *p, s32 by) { *p += by; }
static u32 sum_inner(struct inner v) { v.w += v.b; return v.w + v.h; }
`;
