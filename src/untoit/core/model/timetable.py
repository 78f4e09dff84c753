"""A service day, compiled: what the commute kernels read and what the timetable reader makes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class DayTimetable:
    """
    Everything that runs around one service day, in seconds after its midnight, and the stops it serves.

    Stops are boarding points, ``S`` of them, in a fixed order of the network (the same on every day). Connections are
    one hop of one vehicle, ``C`` of them, sorted by ``(departure, arrival, run, position in the run)``. The trips of
    the previous service day appear shifted by -86,400 s and those of the next one by +86,400 s, so that a time may be
    negative or above 86,400; a vehicle run that is shared by two days is one run. Blank times are interpolated and
    ``frequencies.txt`` is unrolled before. Pickup and drop-off bans are two flags per connection.

    Attributes
    ----------
    stop_latitude, stop_longitude
        ``float64[S]``, degrees.
    departure, arrival
        ``int32[C]``, seconds.
    from_stop, to_stop
        ``int32[C]``, stop numbers.
    run
        ``int32[C]``, vehicle run; ``runs`` of them. Staying on a run costs nothing.
    may_board, may_alight
        ``bool[C]``: a passenger may board at ``from_stop``, alight at ``to_stop``.
    transfer_start, transfer_stop, transfer_seconds
        Changes of vehicle in compressed rows: ``transfer_start`` is ``int32[S + 1]``; the rows of stop ``u`` give every
        stop ``v`` where another vehicle can be boarded after alighting at ``u``, and the seconds needed between the two
        vehicles: 120 s plus the walk (at most 500 m walked, detour included), or a larger ``min_transfer_time``. ``u``
        itself is there (120 s) unless ``transfers.txt`` forbids it (type 3). The relation need not be symmetric.
    route
        ``int32[runs]``, number of the route in the network, for journeys in words.
    trip
        ``int32[runs]``, number of the trip in the network.
    """

    stop_latitude: NDArray[np.float64]
    stop_longitude: NDArray[np.float64]
    departure: Int32Array
    arrival: Int32Array
    from_stop: Int32Array
    to_stop: Int32Array
    run: Int32Array
    runs: int
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    transfer_start: Int32Array
    transfer_stop: Int32Array
    transfer_seconds: Int32Array
    route: Int32Array
    trip: Int32Array
