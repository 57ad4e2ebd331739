"""The same FastStream consumer, lent our Avro codec: what is left is what moves the records and makes them facts."""

from bench.contenders.faststream_vertical import main

if __name__ == "__main__":
    main(fastavro=False)
