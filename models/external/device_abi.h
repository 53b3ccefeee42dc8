/*
 * Device types that are declared while the program runs: the interface, in plain C.
 *
 * A type is a `foretwin_device_type`: names, units and ranges of its parameters, the plain values
 * that are its state, the figures it reports, and its handlers. Everything is copied when the type
 * is registered (models/external/registry.hpp); only `context` stays the caller's, until `release`.
 *
 * The kernel owns the state. A handler is called with the device at work and changes what it finds
 * there, through the arrays below and the services. Keep nothing elsewhere: what is not in the
 * declared state is in no snapshot, no fork and no fingerprint. Handlers of different devices may
 * run at the same time on several threads; those of one device never do.
 *
 * Nothing here throws. A service that is asked for what cannot be (a part that is not here, a time
 * before now) notes it and does nothing; the study stops with that message when the handler ends.
 */
#ifndef FORETWIN_MODELS_EXTERNAL_DEVICE_ABI_H
#define FORETWIN_MODELS_EXTERNAL_DEVICE_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when anything below changes its meaning or its place. */
#define FORETWIN_DEVICE_ABI 1

/* What a parameter means, and so how it is written and checked. */
enum foretwin_parameter_kind {
    FORETWIN_NUMBER = 0,       /* plain number */
    FORETWIN_FRACTION = 1,     /* "5 %" or 0.05; 0 to 1 */
    FORETWIN_QUANTITY = 2,     /* number with a unit convertible to `unit`; read in `unit` */
    FORETWIN_COUNT = 3,        /* whole number from 0 */
    FORETWIN_BOOLEAN = 4,      /* true or false; read as 1 or 0 */
    FORETWIN_CHOICE = 5,       /* one of `choices` ("a | b"); read as its number, from 0 */
    FORETWIN_TEXT = 6,         /* read by the service `text` */
    FORETWIN_DISTRIBUTION = 7, /* a law in `unit`, drawn from by `draw_parameter`; read: its mean */
    FORETWIN_CALENDAR = 8      /* when the device is on shift; at most one, named "calendar" */
};

struct foretwin_parameter {
    const char* name;
    int32_t kind; /* foretwin_parameter_kind */
    int32_t required;
    const char* unit;    /* NULL or "": none */
    double lowest;       /* in `unit`, inclusive */
    double highest;      /* in `unit`, inclusive */
    const char* usual;   /* default as one would write it; NULL: 0, false, "", no calendar */
    const char* choices; /* of a choice */
    const char* meaning; /* one sentence for people */
};

enum foretwin_state_kind { FORETWIN_DOUBLE = 0, FORETWIN_INTEGER = 1 };

/* `size` plain values, 1 or more. Doubles lie one state after the other in `numbers`, in the order
 * of declaration, 64-bit integers in `counts`. */
struct foretwin_state {
    const char* name;
    int32_t kind; /* foretwin_state_kind */
    int32_t size;
    int32_t parameter;     /* number of the parameter it begins with; -1: with `initial` */
    int32_t unused;
    double initial;        /* of a double */
    int64_t initial_count; /* of an integer */
};

/* What a timer is about, for what happens first when several things happen at one instant. */
enum foretwin_timer_class {
    FORETWIN_PROCESSING_END = 0,
    FORETWIN_REPAIR_END = 1,
    FORETWIN_ARRIVAL = 3,
    FORETWIN_FAILURE = 4,
    FORETWIN_PLANNED_MAINTENANCE = 5,
    FORETWIN_SAMPLING = 6
};

/* A kind of event of the device's own; each of its `slots` holds at most one that is pending. */
struct foretwin_timer {
    const char* name;
    int32_t timer_class; /* foretwin_timer_class */
    int32_t slots;       /* 1 to 65535 */
    int32_t parameter;   /* number of a count parameter that says how many; -1: `slots` */
    int32_t unused;
};

enum foretwin_figure_kind {
    FORETWIN_TOTAL = 0,        /* sum of what is recorded */
    FORETWIN_MEAN = 1,         /* of what is recorded; undefined without any */
    FORETWIN_TIME_AVERAGE = 2, /* of a level that lasts from one record to the next */
    FORETWIN_LAST = 3          /* the level at the end */
};

/* Told in results as "Device/name", with an interval like every other figure. Values are counted
 * in whole multiples of `resolution`, so that no order of summation can change a bit. Measuring
 * begins at the end of the warm-up (time 0 without one), after all that happens at that instant:
 * sums and means forget what was recorded until then, the handler `start` included; levels last. */
struct foretwin_figure {
    const char* name;
    const char* unit; /* "1": none */
    int32_t kind;     /* foretwin_figure_kind */
    int32_t unused;
    double resolution; /* in `unit`, above 0; 0: 2^-30, about 1e-9 */
};

enum foretwin_law {
    FORETWIN_UNIFORM = 0,     /* a: lowest, b: highest */
    FORETWIN_EXPONENTIAL = 1, /* a: mean */
    FORETWIN_NORMAL = 2,      /* a: mean, b: standard deviation */
    FORETWIN_LOGNORMAL = 3,   /* a: mean, b: standard deviation, of the value itself */
    FORETWIN_WEIBULL = 4,     /* a: shape, b: scale */
    FORETWIN_GAMMA = 5,       /* a: shape, b: mean */
    FORETWIN_WHOLE = 6        /* one of 0, 1, ..., a - 1 */
};

enum foretwin_part_fact {
    FORETWIN_PART_NUMBER = 0,  /* among those of its source, from 0 */
    FORETWIN_PART_SOURCE = 1,  /* number of its source among the plant's sources, in name order */
    FORETWIN_PART_VISITS = 2,  /* times it went back */
    FORETWIN_PART_ENTERED = 3, /* when it entered the plant, ns */
    FORETWIN_PART_ARRIVED = 4  /* when it entered this device, ns */
};

typedef struct foretwin_device foretwin_device;

/* What a handler may ask for, while it runs, of the device it was called with. Timers, purposes,
 * figures, parameters: by their number in the declaration, from 0. Parts: by the ticket that the
 * handler `part` was given. */
typedef struct foretwin_services {
    /* The instant, in ns since the run began (warm-up included). */
    int64_t (*now)(const foretwin_device*);
    /* Sets a timer, seconds >= 0 from now; one that is pending is replaced. Infinity: never. */
    void (*after)(foretwin_device*, int32_t timer, int32_t slot, double seconds);
    void (*cancel)(foretwin_device*, int32_t timer, int32_t slot);
    /* The instant it will fire, in ns, or INT64_MAX. */
    int64_t (*due)(const foretwin_device*, int32_t timer, int32_t slot);
    /* A number of the stream "device/purpose", the next one (part = -1); or for a part of the
     * stream "device/source/purpose", the one of this part and visit, however often it is asked
     * for. Equal in all alternatives, whatever else changes in the plant. */
    double (*draw)(foretwin_device*, int32_t purpose, int64_t part, int32_t law, double a,
                   double b);
    /* The same from the law that a parameter of kind distribution holds, in its unit. */
    double (*draw_parameter)(foretwin_device*, int32_t purpose, int64_t part, int32_t parameter);
    /* A value of a figure; of a level: from now on. */
    void (*record)(foretwin_device*, int32_t figure, double value);
    /* Draws so much from now on, 0 to the type's highest power; 0 at the start. */
    void (*set_power)(foretwin_device*, double watts);
    int64_t (*part_fact)(foretwin_device*, int64_t part, int32_t fact);
    /* The part may leave: it goes to `next` as soon as there is place, after those before it. */
    void (*send_on)(foretwin_device*, int64_t part);
    /* The part leaves the plant here, as scrap. */
    void (*scrap)(foretwin_device*, int64_t part);
    /* Whether parts are let in where there is place; 1 at the start. */
    void (*let_in)(foretwin_device*, int32_t open);
    int64_t (*parts_inside)(const foretwin_device*);
    /* Parts that its places can hold; INT64_MAX: any number. */
    int64_t (*capacity)(const foretwin_device*);
    /* 1 without a calendar. */
    int32_t (*on_shift)(const foretwin_device*);
    /* Of a text or a choice as it is written; lives as long as the study. */
    const char* (*text)(foretwin_device*, int32_t parameter);
    /* The name of the device in the scenario. */
    const char* (*name)(const foretwin_device*);
    /* Stops the study with this message, once the handler ends. The first one counts. */
    void (*fail)(foretwin_device*, const char* message);
    /* What was noted that stops the study; "" when nothing was. Lives until the handler ends. */
    const char* (*failure)(const foretwin_device*);
} foretwin_services;

/* The device at work: the head of what the kernel hands to a handler. */
struct foretwin_device {
    const foretwin_services* services;
    const double* parameters; /* by number; a quantity in its declared unit */
    double* numbers;          /* state: doubles */
    int64_t* counts;          /* state: 64-bit integers */
    int64_t failed;           /* not 0 once something was noted that stops the study */
};

/* Returns 0, or anything else to stop the study. */
typedef int32_t (*foretwin_handler)(void* context, foretwin_device* device, int64_t what,
                                    int64_t which);

/* Each may be NULL, except `part` of a type that parts flow through. */
struct foretwin_handlers {
    foretwin_handler start;  /* at time 0, in name order, before measuring begins */
    foretwin_handler timer;  /* what: number of the timer, which: slot */
    foretwin_handler part;   /* a part has come in; what: its ticket */
    foretwin_handler left;   /* a part that was sent on has left; what: its ticket */
    foretwin_handler shift;  /* on shift (what = 1) or off (0); also at time 0, after start */
    foretwin_handler finish; /* figures are told: record what is due up to now. What it changes is
                                for this report alone: looking at a twin does not change it. */
};

typedef struct foretwin_device_type {
    int32_t abi;  /* FORETWIN_DEVICE_ABI */
    int32_t flow; /* 1: parts flow through; it then has the keys `capacity` and `next` */
    const char* type;
    const char* summary; /* what it is, in one sentence */
    const char* limits;  /* where the model is valid and where it is not */
    const struct foretwin_parameter* parameters;
    const struct foretwin_state* states;
    const struct foretwin_timer* timers;
    const char* const* purposes; /* of its random numbers */
    const struct foretwin_figure* figures;
    int32_t parameter_count;
    int32_t state_count;
    int32_t timer_count;
    int32_t purpose_count;
    int32_t figure_count;
    int32_t unused;
    const char* capacity;   /* default of the key `capacity`, e.g. "1", "unlimited"; NULL: none */
    double highest_power_w; /* 0: draws no power */
    struct foretwin_handlers handlers;
    void* context; /* passed to every handler */
    /* Called once no study uses the type any more, from any thread; may be NULL. */
    void (*release)(void* context);
} foretwin_device_type;

#ifdef __cplusplus
}
#endif

#endif
