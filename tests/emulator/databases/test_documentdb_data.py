"""Documents of the double of DocumentDB, with MongoDB's own driver as the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import DESCENDING, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure
from pymongo.write_concern import WriteConcern

from emulator.databases.documentdb_server import DocumentdbServer
from tests.emulator.databases.documentdb import MASTER, PASSWORD, Client, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.collection import Collection

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PEOPLE: list[dict[str, Any]] = [
    {"_id": 1, "name": "Ada", "age": 36, "address": {"town": "London"}, "tags": ["a", "b"]},
    {"_id": 2, "name": "Bo", "age": 20, "since": NOW},
    {"_id": 3, "name": "Cy", "age": None},
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with DocumentdbServer(master=MASTER, password=PASSWORD) as server, connected(server, tz_aware=True) as connection:
        yield connection


@pytest.fixture
def people(client: Client) -> Collection[dict[str, Any]]:
    client.drop_database("profiles")
    client.profiles.people.insert_many(PEOPLE)
    return client.profiles.people


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3]),
        ({"name": "Bo"}, [2]),
        ({"address.town": "London"}, [1]),
        ({"tags": "b"}, [1]),
        ({"age": None}, [3]),
        ({"age": {"$gt": 20}}, [1]),
        ({"age": {"$gte": 20, "$lt": 36}}, [2]),
        ({"age": {"$lte": 20}}, [2]),
        ({"age": {"$ne": 20}}, [1, 3]),
        ({"name": {"$eq": "Cy"}}, [3]),
        ({"name": {"$in": ["Ada", "Cy"]}}, [1, 3]),
        ({"name": {"$nin": ["Ada", "Cy"]}}, [2]),
        ({"since": {"$exists": True}}, [2]),
        ({"since": {"$lt": NOW + timedelta(seconds=1)}}, [2]),
        ({"$or": [{"_id": 1}, {"_id": 2}], "$and": [{"age": {"$lt": 30}}]}, [2]),
    ],
    ids=str,
)
def test_filters_find(people: Collection[dict[str, Any]], query: dict[str, Any], found: list[int]) -> None:
    assert sorted(person["_id"] for person in people.find(query)) == found
    assert people.count_documents(query) == len(found)


def test_results_are_sorted_limited_and_projected(people: Collection[dict[str, Any]]) -> None:
    found = people.find({}, {"name": 1, "_id": 0}).sort("name", DESCENDING).skip(1).limit(1)
    assert list(found) == [{"name": "Bo"}]
    assert people.find_one({"_id": 3}, {"name": 0}) == {"_id": 3, "age": None}
    assert people.find_one({"_id": 3}, {"_id": 1}) == {"_id": 3}
    assert people.estimated_document_count() == 3


def test_documents_are_changed(people: Collection[dict[str, Any]]) -> None:
    people.update_one({"_id": 2}, {"$set": {"address.town": "Oslo"}, "$inc": {"age": 1}, "$unset": {"since": ""}})
    assert people.find_one({"_id": 2}) == {"_id": 2, "name": "Bo", "age": 21, "address": {"town": "Oslo"}}
    assert people.update_many({"age": {"$gt": 0}}, {"$set": {"age": 21}}).modified_count == 1
    people.replace_one({"_id": 3}, {"name": "Di"})
    assert people.find_one({"_id": 3}) == {"_id": 3, "name": "Di"}
    assert people.delete_one({}).deleted_count == 1
    assert people.delete_many({}).deleted_count == 2


def test_upsert_inserts_what_the_filter_and_the_update_say(people: Collection[dict[str, Any]]) -> None:
    result = people.update_one(
        {"_id": 9, "age": {"$lt": 5}}, {"$set": {"name": "Ed"}, "$setOnInsert": {"new": True}}, upsert=True
    )
    assert (result.matched_count, result.upserted_id) == (0, 9)
    assert people.find_one({"_id": 9}) == {"_id": 9, "name": "Ed", "new": True}
    people.update_one({"_id": 9}, {"$setOnInsert": {"new": False}}, upsert=True)
    assert people.find_one({"_id": 9, "new": True})


def test_id_is_unique(people: Collection[dict[str, Any]]) -> None:
    with pytest.raises(DuplicateKeyError):
        people.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        people.find_one_and_update({"_id": 1, "age": 0}, {"$set": {"name": "x"}}, upsert=True)
    with pytest.raises(BulkWriteError) as caught:
        people.insert_many([{"_id": 4}, {"_id": 1}, {"_id": 5}])
    assert (caught.value.details or {})["nInserted"] == 1
    with pytest.raises(BulkWriteError) as caught:
        people.insert_many([{"_id": 6}, {"_id": 1}, {"_id": 7}], ordered=False)
    assert (caught.value.details or {})["nInserted"] == 2


def test_document_is_found_and_changed_at_once(people: Collection[dict[str, Any]]) -> None:
    before = people.find_one_and_update({"name": "Bo"}, {"$inc": {"age": 1}})
    after = people.find_one_and_update({"name": "Bo"}, {"$inc": {"age": 1}}, return_document=ReturnDocument.AFTER)
    assert before is not None
    assert after is not None
    assert (before["age"], after["age"]) == (20, 22)
    assert people.find_one_and_update({"name": "none"}, {"$set": {"a": 1}}) is None
    assert people.find_one_and_delete({}, sort=[("_id", DESCENDING)], projection={"_id": 1}) == {"_id": 3}
    assert people.find_one_and_delete({"_id": 3}) is None


def test_pipelines_have_simple_stages(people: Collection[dict[str, Any]]) -> None:
    stages: list[dict[str, Any]] = [{"$match": {"_id": {"$lt": 3}}}, {"$sort": {"_id": -1}}, {"$project": {"_id": 1}}]
    assert list(people.aggregate(stages)) == [{"_id": 2}, {"_id": 1}]
    assert list(people.aggregate([*stages, {"$skip": 1}, {"$limit": 5}, {"$count": "all"}])) == [{"all": 1}]
    assert list(people.aggregate([{"$match": {"_id": 0}}, {"$count": "all"}])) == []


@pytest.mark.parametrize(
    "stage",
    [{"$lookup": {}}, {"$group": {"_id": "$name"}}, {"$group": {"_id": None, "sum": {"$sum": "$age"}}}],
    ids=str,
)
def test_other_stages_are_gaps(people: Collection[dict[str, Any]], stage: dict[str, Any]) -> None:
    with pytest.raises(OperationFailure, match="does not implement"):
        people.aggregate([stage])


@pytest.mark.parametrize("update", [[{"$set": {"a": 1}}], {"$push": {"tags": "c"}}], ids=str)
def test_other_updates_are_gaps(people: Collection[dict[str, Any]], update: Any) -> None:
    with pytest.raises(OperationFailure, match="does not implement"):
        people.update_one({}, update)


def test_write_without_acknowledgement_gets_no_answer(people: Collection[dict[str, Any]]) -> None:
    people.with_options(write_concern=WriteConcern(w=0)).insert_one({"_id": 4})
    assert people.find_one({"_id": 4}) == {"_id": 4}


def test_collections_and_databases_are_created_listed_and_dropped(client: Client) -> None:
    client.drop_database("profiles")
    client.profiles.create_collection("people")
    with pytest.raises(OperationFailure, match="already exists"):
        client.profiles.command("create", "people")
    client.profiles.pets.insert_one({})
    assert client.profiles.list_collection_names() == ["people", "pets"]
    assert client.profiles.list_collection_names(filter={"name": "pets"}) == ["pets"]
    assert client.list_database_names() == ["profiles"]
    client.profiles.pets.drop()
    with pytest.raises(OperationFailure, match="ns not found"):
        client.profiles.command("drop", "pets")
    client.drop_database("profiles")
    assert client.list_database_names() == []


def test_indexes_are_listed_and_unique_ones_are_gaps(people: Collection[dict[str, Any]]) -> None:
    people.create_index("name")
    people.create_index("name")
    assert list(people.index_information()) == ["_id_", "name_1"]
    with pytest.raises(OperationFailure, match="does not implement"):
        people.create_index("age", unique=True)
