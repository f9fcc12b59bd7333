// Another process that holds the lock of the path given, until it is killed.
import Database from 'better-sqlite3';

const database = new Database(process.argv[2]);
database.exec('BEGIN EXCLUSIVE');
console.log('held');
setInterval(() => database.open, 1000);
