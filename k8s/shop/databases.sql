-- A database and a login for each service; a login can connect only to its own database.
-- The PostgreSQL image runs this file at the first start.
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;

\getenv password USER_SVC_PASSWORD
CREATE ROLE user_svc LOGIN PASSWORD :'password';
CREATE DATABASE user_svc OWNER user_svc;
REVOKE ALL ON DATABASE user_svc FROM PUBLIC;

\getenv password PRODUCT_SVC_PASSWORD
CREATE ROLE product_svc LOGIN PASSWORD :'password';
CREATE DATABASE product_svc OWNER product_svc;
REVOKE ALL ON DATABASE product_svc FROM PUBLIC;

\getenv password ORDER_SVC_PASSWORD
CREATE ROLE order_svc LOGIN PASSWORD :'password';
CREATE DATABASE order_svc OWNER order_svc;
REVOKE ALL ON DATABASE order_svc FROM PUBLIC;

\getenv password PAYMENT_SVC_PASSWORD
CREATE ROLE payment_svc LOGIN PASSWORD :'password';
CREATE DATABASE payment_svc OWNER payment_svc;
REVOKE ALL ON DATABASE payment_svc FROM PUBLIC;
